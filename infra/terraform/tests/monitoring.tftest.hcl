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
}

run "replica" {
  command = plan

  variables {
    region     = "ap-northeast-1"
    isPrimary  = false
    database   = { source_region = "ap-northeast-2" }
    monitoring = { enabled = true, retention_days = 30 }
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
