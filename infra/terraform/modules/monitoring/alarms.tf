# The alarms, and what becomes of them. A part that is not as it should be informs; only "the service
# is impaired", which is made of what clients notice, pages, and it does so once however many parts
# say so.
locals {
  page   = [aws_sns_topic.this["page"].arn]
  inform = [aws_sns_topic.this["inform"].arn]

  certificate_alarms = {
    "certificate-expiry" = {
      description = "The load balancers' certificate ends in less than ${var.thresholds.certificate_days} days and was not renewed: see whether its proofs are still in the zone."
      namespace   = "AWS/CertificateManager"
      metric      = "DaysToExpiry"
      dimensions  = { CertificateArn = var.certificate_arn }
      statistic   = "Minimum"
      comparison  = "LessThanThreshold"
      threshold   = var.thresholds.certificate_days
      periods     = 1
      period      = 86400
      # Reported twice a day until it has expired: then the alarm stays as it was.
      missing = "ignore"
      pages   = false
    }
  }

  log_alarms = {
    "memo-errors" = {
      description = "memo: more than ${var.thresholds.memo_errors} lines of level error in five minutes. See the log group /${var.name}/memo."
      metric      = "MemoErrors"
      threshold   = var.thresholds.memo_errors
    }
    "nginx-failures" = {
      description = "nginx: critical lines. See the log group /${var.name}/nginx."
      metric      = "NginxFailures"
      threshold   = 0
    }
    "boot-failures" = {
      description = "An instance could not boot. See the log group /${var.name}/boot."
      metric      = "BootFailures"
      threshold   = 0
    }
  }

  alarms = merge(
    local.balancer_alarms,
    local.fleet_alarms,
    { for name, it in local.database_alarms : name => merge(it, { namespace = "AWS/RDS", dimensions = local.database_dimensions }) },
    local.certificate_alarms,
    { for name, it in local.log_alarms : name => merge(it, {
      namespace  = local.log_namespace
      dimensions = {}
      statistic  = "Sum"
      comparison = "GreaterThanThreshold"
      period     = 300
      periods    = 1
      # A group without lines has no data.
      missing = "notBreaching"
      pages   = false
    }) },
  )

  # Errors that web or the back load balancer pass on are errors of the front's targets.
  paging = concat(
    [for name, it in local.alarms : aws_cloudwatch_metric_alarm.this[name].alarm_name if it.pages],
    [aws_cloudwatch_metric_alarm.target_5xx["front"].alarm_name],
  )
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = local.alarms

  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = each.value.description
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  dimensions          = length(each.value.dimensions) == 0 ? null : each.value.dimensions
  statistic           = try(each.value.statistic, null)
  extended_statistic  = try(each.value.extended_statistic, null)
  comparison_operator = each.value.comparison
  threshold           = each.value.threshold
  period              = try(each.value.period, 60)
  evaluation_periods  = each.value.periods
  treat_missing_data  = each.value.missing
  # Few requests have no hundredth one.
  evaluate_low_sample_count_percentiles = can(each.value.extended_statistic) ? "ignore" : null

  alarm_actions = local.inform
  ok_actions    = local.inform

  tags = { Name = "${var.name}-${each.key}" }
}

resource "aws_cloudwatch_composite_alarm" "impaired" {
  alarm_name        = "${var.name}-service-impaired"
  alarm_description = "The service in ${var.region} is impaired: clients notice. Its parts say which: see the dashboard ${aws_cloudwatch_dashboard.this.dashboard_name}."
  alarm_rule        = join(" OR ", [for name in sort(local.paging) : "ALARM(\"${name}\")"])
  alarm_actions     = local.page
  ok_actions        = local.page

  tags = { Name = "${var.name}-service-impaired" }
}
