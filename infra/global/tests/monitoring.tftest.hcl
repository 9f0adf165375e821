# What watches the routing.
mock_provider "aws" {
  source = "./tests/mocks"

  override_data {
    target = data.aws_availability_zones.this["primary"]
    values = { names = ["ap-northeast-2a", "ap-northeast-2b"] }
  }

  override_data {
    target = data.aws_availability_zones.this["secondary"]
    values = { names = ["ap-northeast-1a", "ap-northeast-1c"] }
  }

  override_resource {
    target = aws_cloudformation_stack.failover
    values = { outputs = { Url = "https://www.example.com/", PrimaryHealthCheckId = "0", SecondaryHealthCheckId = "1" } }
  }

  override_resource {
    target = aws_sns_topic.routing
    values = { arn = "arn:aws:sns:us-east-1:123456789012:scv-routing" }
  }

  override_data {
    target = data.aws_iam_policy_document.routing_key
    values = { json = "{}" }
  }

  override_data {
    target = data.aws_iam_policy_document.routing_topic
    values = { json = "{}" }
  }
}

variables {
  domain = "example.com"
}

run "off" {
  command = plan

  assert {
    condition     = length(aws_cloudwatch_metric_alarm.routing) == 0 && length(aws_sns_topic.routing) == 0
    error_message = "Nothing is watched unless it is wanted."
  }
}

run "on" {
  variables {
    monitoring = { enabled = true, recipients = ["night@example.com"] }
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.routing["primary"].dimensions["HealthCheckId"] == "0" && aws_cloudwatch_metric_alarm.routing["secondary"].dimensions["HealthCheckId"] == "1"
    error_message = "One alarm per health check of the stack."
  }

  assert {
    condition     = alltrue([for it in concat(values(aws_cloudwatch_metric_alarm.routing), aws_sns_topic.routing, aws_kms_key.routing) : it.region == "us-east-1"])
    error_message = "Where Route 53's health checks are measured."
  }
}

run "no_address" {
  command = plan

  variables {
    monitoring = { enabled = true, recipients = ["somebody"] }
  }

  expect_failures = [var.monitoring]
}
