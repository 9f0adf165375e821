variables {
  tier       = "was"
  group      = "scv-was"
  namespace  = "scv/instances"
  log_groups = { boot = "/scv/boot", memo = "/scv/memo", nginx = "/scv/nginx" }
  interval   = 60
  package    = { version = "latest", fingerprint = "937616F3450B7D806CBD9725D58167303B789C72" }
}

run "was" {
  assert {
    condition = [for file in local.configuration.logs.logs_collected.files.collect_list : "${file.file_path} ${file.log_group_name}"] == [
      "/var/log/cloud-init-output.log /scv/boot", "/var/log/instance/memo.log /scv/memo",
    ]
    error_message = "memo's lines and the boot's go to their groups."
  }

  assert {
    condition     = local.configuration.metrics.namespace == "scv/instances" && local.configuration.metrics.metrics_collected["mem"].append_dimensions.AutoScalingGroupName == "scv-was"
    error_message = "What is measured bears the fleet's name."
  }

  assert {
    condition     = strcontains(output.script, "\"InstanceId\":\"$${aws:InstanceId}\"") && strcontains(local.rsyslog, "if $programname == \"memo\" then {")
    error_message = "The agent fills in the instance, rsyslog picks the service's lines."
  }

  assert {
    condition     = strcontains(output.script, "CLOUDWATCH_SHA256=''\n") && length(output.script) < 7000
    error_message = "EC2 takes 16 KiB, and most of that is the boot's."
  }
}

run "web" {
  variables {
    tier = "web"
  }

  assert {
    condition     = strcontains(local.rsyslog, "if $programname == \"nginx\" or $programname == \"follow_back_end\" then {") && length(local.configuration.logs.logs_collected.files.collect_list) == 2
    error_message = "nginx and what follows the back load balancer share a file."
  }
}

run "a_short_fingerprint" {
  command = plan

  variables {
    package = { version = "latest", fingerprint = "3B789C72" }
  }

  expect_failures = [var.package]
}
