mock_provider "aws" {
  source = "../../tests/mocks"

  override_resource {
    target = aws_sns_topic.this["page"]
    values = { arn = "arn:aws:sns:ap-northeast-2:123456789012:scv-page" }
  }
}

variables {
  name              = "scv"
  region            = "ap-northeast-2"
  zones             = ["ap-northeast-2a", "ap-northeast-2b"]
  account           = "123456789012"
  partition         = "aws"
  dns_suffix        = "amazonaws.com"
  key_deletion_days = 30
  retention_days    = 30
  recipients        = { page = ["night@example.com"], inform = ["night@example.com", "day@example.com"] }
  load_balancers = {
    front = { arn_suffix = "app/scv-front/0", target_group_arn_suffix = "targetgroup/scv-front/0" }
    back  = { arn_suffix = "app/scv-back/1", target_group_arn_suffix = "targetgroup/scv-back/1" }
  }
  fleets          = { web = { group = "scv-web", min = 2, role = "scv-web" }, was = { group = "scv-was", min = 3, role = "scv-was" } }
  database        = { identifier = "scv", storage_gib = 20, is_replica = false }
  certificate_arn = "arn:aws:acm:ap-northeast-2:123456789012:certificate/0"
  agent_namespace = "scv/instances"
  thresholds = {
    latency_p99                   = { front = 2, back = 1.5 }
    target_5xx_percent            = 5
    least_requests                = 20
    balancer_5xx                  = 10
    cpu_percent                   = 85
    memory_percent                = 90
    disk_percent                  = 80
    database_cpu_percent          = 80
    database_free_storage_percent = 15
    database_free_memory_mib      = 128
    database_connections          = 120
    database_disk_queue           = 10
    replica_lag_seconds           = 30
    certificate_days              = 30
    memo_errors                   = 10
  }
}

run "watches" {
  assert {
    condition     = alltrue([for group in values(aws_cloudwatch_log_group.this) : group.retention_in_days == 30 && group.kms_key_id != null])
    error_message = "Logs are encrypted, and not kept for ever."
  }

  assert {
    condition = alltrue([for alarm in concat(values(aws_cloudwatch_metric_alarm.this), values(aws_cloudwatch_metric_alarm.target_5xx)) :
      alarm.alarm_actions == toset([aws_sns_topic.this["inform"].arn]) && alarm.ok_actions == alarm.alarm_actions
    ])
    error_message = "Parts inform, and act on nothing."
  }

  assert {
    condition     = aws_cloudwatch_composite_alarm.impaired.alarm_actions == toset([aws_sns_topic.this["page"].arn])
    error_message = "What is made of them pages."
  }

  assert {
    condition = aws_cloudwatch_composite_alarm.impaired.alarm_rule == join(" OR ", [
      "ALARM(\"scv-back-none-healthy\")", "ALARM(\"scv-database-storage\")", "ALARM(\"scv-front-balancer-5xx\")",
      "ALARM(\"scv-front-latency\")", "ALARM(\"scv-front-none-healthy\")", "ALARM(\"scv-front-target-5xx\")",
    ])
    error_message = "Impaired is what clients notice."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.this["front-latency"].extended_statistic == "p99" && aws_cloudwatch_metric_alarm.this["front-latency"].statistic == null
    error_message = "Latency is the hundredth request's, not the average."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.this["back-too-few-healthy"].threshold == 3 && aws_cloudwatch_metric_alarm.this["back-too-few-healthy"].treat_missing_data == "breaching"
    error_message = "The back load balancer needs as many instances as WAS has at least; silence is none."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.this["database-storage"].threshold == 20 * 1024 * 1024 * 1024 * 0.15
    error_message = "Storage is compared in bytes."
  }

  assert {
    condition     = length([for name in keys(aws_cloudwatch_metric_alarm.this) : name if startswith(name, "replica")]) == 0
    error_message = "A source is behind nobody."
  }

  assert {
    condition     = toset(keys(aws_sns_topic_subscription.this)) == toset(["page/night@example.com", "inform/night@example.com", "inform/day@example.com"])
    error_message = "Each address gets what it was named for."
  }

  assert {
    condition     = length(data.aws_iam_policy_document.topic["inform"].statement) == 3 && length(data.aws_iam_policy_document.topic["page"].statement) == 2
    error_message = "Budgets inform, and never page."
  }

  assert {
    condition     = alltrue([for alarm in values(aws_cloudwatch_metric_alarm.this) : contains(["breaching", "notBreaching", "ignore", "missing"], alarm.treat_missing_data)])
    error_message = "What silence means is said for each alarm."
  }
}

run "what_a_real_account_would_refuse" {
  command = plan

  assert {
    condition     = alltrue([for alarm in values(aws_cloudwatch_metric_alarm.this) : length(alarm.alarm_name) <= 255 && length(alarm.alarm_description) <= 1024 && (alarm.statistic == null) != (alarm.extended_statistic == null)])
    error_message = "CloudWatch takes names of 255 characters, descriptions of 1,024, and one statistic."
  }

  # https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
  assert {
    condition     = alltrue([for alarm in values(aws_cloudwatch_metric_alarm.this) : alarm.period * alarm.evaluation_periods <= (alarm.period < 3600 ? 86400 : 604800)])
    error_message = "An alarm looks back a day at most, with periods of an hour or more a week."
  }
}

run "permissions" {
  assert {
    condition     = aws_iam_role_policy.agent["web"].role == "scv-web" && length(data.aws_iam_policy_document.agent["web"].statement) == 2
    error_message = "Each fleet's role writes logs and metrics."
  }

  assert {
    condition     = length(data.aws_iam_policy_document.agent["was"].statement[0].resources) == 2
    error_message = "Instances write the log of their own service, and that of their boot."
  }

  assert {
    condition     = one(data.aws_iam_policy_document.agent["was"].statement[1].condition).values == tolist(["scv/instances"])
    error_message = "Metrics go to the one namespace."
  }
}

run "dashboard_fits_its_grid" {
  command = plan

  assert {
    condition     = length(jsondecode(aws_cloudwatch_dashboard.this.dashboard_body).widgets) > 30
    error_message = "It is JSON, with all the graphs."
  }

  assert {
    condition     = alltrue([for w in local.widgets : w.x >= 0 && w.width >= 1 && w.height >= 1 && w.x + w.width <= 24])
    error_message = "Widgets are within the 24 columns."
  }

  assert {
    condition = alltrue(flatten([for i, a in local.widgets : [for j, b in local.widgets :
      i == j || a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y
    ]]))
    error_message = "No widget covers another."
  }

  assert {
    condition     = length([for w in local.widgets : w if w.type == "alarm"]) == 1 && length([for w in local.widgets : w if w.type == "text"]) >= 6
    error_message = "The alarms stand on top, and each part has its heading."
  }

  assert {
    condition     = alltrue([for w in local.widgets : w.properties.region == var.region && length(w.properties.metrics) >= 1 if w.type == "metric"])
    error_message = "Every graph shows something, of this region."
  }
}

run "dashboard_of_three_zones" {
  command = plan

  variables {
    zones = ["ap-northeast-2a", "ap-northeast-2b", "ap-northeast-2c"]
  }

  assert {
    condition     = length([for w in local.widgets : w if w.width == 8]) == 6
    error_message = "Three zones share the 24 columns, behind both load balancers."
  }
}

run "replica" {
  command = plan

  variables {
    database = { identifier = "scv", storage_gib = 20, is_replica = true }
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.this["replica-lag"].threshold == 30 && aws_cloudwatch_metric_alarm.this["replica-stopped"].comparison_operator == "LessThanThreshold"
    error_message = "A replica must not fall behind, or stop."
  }
}

run "nobody_to_tell" {
  command = plan

  variables {
    recipients = { page = [], inform = [] }
  }

  assert {
    condition     = length(aws_sns_topic_subscription.this) == 0 && length(aws_sns_topic.this) == 2
    error_message = "The topics stand, for whoever subscribes to them."
  }
}

run "no_address" {
  command = plan

  variables {
    recipients = { page = ["somebody"], inform = [] }
  }

  expect_failures = [var.recipients]
}

run "percent_of_what" {
  command = plan

  variables {
    thresholds = {
      latency_p99                   = { front = 2, back = 1.5 }, target_5xx_percent = 500, least_requests = 20, balancer_5xx = 10
      cpu_percent                   = 85, memory_percent = 90, disk_percent = 80, database_cpu_percent = 80
      database_free_storage_percent = 15, database_free_memory_mib = 128, database_connections = 120
      database_disk_queue           = 10, replica_lag_seconds = 30, certificate_days = 30, memo_errors = 10
    }
  }

  expect_failures = [var.thresholds]
}
