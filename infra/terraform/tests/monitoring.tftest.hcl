# What watches a region: off, on, on a replica.
mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  region              = "ap-northeast-2"
  domain              = "example.com"
  isPrimary           = true
  artifacts_directory = "./tests/artifacts"
}

run "off" {
  command = plan

  assert {
    condition     = length(module.monitoring) == 0 && output.monitoring == null
    error_message = "Nothing is watched unless it is wanted."
  }
}

run "apply" {
  variables {
    monitoring = {
      enabled    = true
      recipients = { page = ["night@example.com"], inform = ["day@example.com"] }
      thresholds = { latency_p99 = { front = 3 } }
    }
  }

  assert {
    condition     = toset(keys(output.monitoring.topic_arns)) == toset(["page", "inform"]) && output.monitoring.dashboard == "scv-ap-northeast-2"
    error_message = "Topics, alarms and a dashboard."
  }

  assert {
    condition     = output.monitoring.log_groups == { boot = "/scv/boot", memo = "/scv/memo", nginx = "/scv/nginx" }
    error_message = "Each kind of log has its group."
  }

  assert {
    condition     = output.monitoring.alarm_names["was-too-few-instances"] == "scv-was-too-few-instances" && !contains(keys(output.monitoring.alarm_names), "replica-lag")
    error_message = "The alarms of both fleets, and of a source."
  }

  assert {
    condition     = strcontains(split("start memo\n", module.was_user_data.script)[0], "trap watch_at_exit EXIT\n") && strcontains(split("start memo-web\n", module.web_user_data.script)[0], "trap watch_at_exit EXIT\n")
    error_message = "The agent comes when the boot has ended, well or not."
  }

  assert {
    condition     = max(length(module.was_user_data.script), length(module.web_user_data.script)) < 16384
    error_message = "EC2 takes 16 KiB."
  }
}

run "replica" {
  command = plan

  variables {
    region     = "ap-northeast-1"
    isPrimary  = false
    database   = { source_region = "ap-northeast-2" }
    monitoring = { enabled = true, retention_days = 30, agent = { enabled = false } }
  }

  assert {
    condition     = length(module.web_agent) == 0 && !strcontains(module.web_user_data.script, "watch_at_exit")
    error_message = "Without agents there is nothing on the instances."
  }

  assert {
    condition     = contains(keys(output.monitoring.alarm_names), "replica-lag") && contains(keys(output.monitoring.alarm_names), "replica-stopped")
    error_message = "A replica is watched for how far it is behind."
  }
}

run "no_address" {
  command = plan

  variables {
    monitoring = { enabled = true, recipients = { page = ["somebody"] } }
  }

  expect_failures = [var.monitoring]
}

run "hash_of_what_changes" {
  command = plan

  variables {
    monitoring = { enabled = true, agent = { sha256 = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" } }
  }

  expect_failures = [var.monitoring]
}
