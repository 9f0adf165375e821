# What an instance's boot script does when it ends: the CloudWatch agent, its configuration, and how the service's
# logs reach files that it follows. There is no resource in this module; what the agent may do is in
# modules/monitoring (permissions.tf).
locals {
  logs_directory = "/var/log/instance"

  # A file, and the programs in the journal whose lines go to it.
  programs = {
    web = { nginx = ["nginx", "follow_back_end"] }
    was = { memo = ["memo"] }
  }[var.tier]

  files = merge(
    { for kind in keys(local.programs) : kind => "${local.logs_directory}/${kind}.log" },
    { boot = "/var/log/cloud-init-output.log" },
  )

  # https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-Agent-Configuration-File-Details.html
  # The group's name is written down here: to look it up the agent would need permission to read
  # every tag of the account.
  measured = {
    mem     = { measurement = ["used_percent"] }
    swap    = { measurement = ["used_percent"] }
    disk    = { measurement = ["used_percent"], resources = ["/"], drop_device = true }
    netstat = { measurement = ["tcp_established", "tcp_time_wait"] }
  }

  configuration = {
    agent = {
      metrics_collection_interval = var.interval
      run_as_user                 = "cwagent"
    }
    metrics = {
      namespace              = var.namespace
      append_dimensions      = { InstanceId = "$${aws:InstanceId}" }
      aggregation_dimensions = [["AutoScalingGroupName"]]
      metrics_collected = {
        for kind, it in local.measured : kind => merge(it, { append_dimensions = { AutoScalingGroupName = var.group } })
      }
    }
    logs = {
      logs_collected = { files = { collect_list = [for kind, path in local.files : {
        file_path       = path
        log_group_name  = var.log_groups[kind]
        log_stream_name = "{instance_id}"
      }] } }
    }
  }

  # Lines of the service alone; the journal has the rest, and keeps itself small.
  rsyslog = join("\n", concat(
    ["template(name=\"instance_line\" type=\"string\" string=\"%$.line%\\n\")"],
    [for kind, programs in local.programs : join("\n", [
      "if ${join(" or ", [for program in programs : "$programname == \"${program}\""])} then {",
      "  set $.line = ltrim($msg);",
      "  action(type=\"omfile\" file=\"${local.files[kind]}\" template=\"instance_line\"",
      "    fileOwner=\"root\" fileGroup=\"adm\" fileCreateMode=\"0640\")",
      "}",
    ])],
    ["stop"],
  ))
}
