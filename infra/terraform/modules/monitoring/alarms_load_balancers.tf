# What clients see: answers of both load balancers, and whether there is anybody to give them.
locals {
  balancer_dimensions = { for tier, it in local.tiers : tier => { LoadBalancer = it.arn_suffix } }
  target_dimensions = { for tier, it in local.tiers : tier => {
    LoadBalancer = it.arn_suffix
    TargetGroup  = it.target_group_arn_suffix
  } }

  balancer_alarms = merge([for tier, it in local.tiers : {
    "${tier}-unhealthy-targets" = {
      description = "${it.fleet}: instances do not answer the ${tier} load balancer's health check. The fleet replaces them; look why."
      namespace   = "AWS/ApplicationELB"
      metric      = "UnHealthyHostCount"
      dimensions  = local.target_dimensions[tier]
      statistic   = "Maximum"
      comparison  = "GreaterThanThreshold"
      threshold   = 0
      periods     = 5
      # Without a registered target there is no data: the next alarm says so.
      missing = "notBreaching"
      pages   = false
    }
    "${tier}-none-healthy" = {
      description = "${it.fleet}: no healthy instance. The service is gone."
      namespace   = "AWS/ApplicationELB"
      metric      = "HealthyHostCount"
      dimensions  = local.target_dimensions[tier]
      statistic   = "Maximum"
      comparison  = "LessThanThreshold"
      threshold   = 1
      periods     = 2
      # No data is no target at all.
      missing = "breaching"
      pages   = true
    }
    # One instance less is the fleet's to mend, and it does within minutes.
    "${tier}-too-few-healthy" = {
      description = "${it.fleet}: fewer healthy instances than the fleet's minimum of ${var.fleets[it.fleet].min} for ten minutes, and the fleet does not mend it."
      namespace   = "AWS/ApplicationELB"
      metric      = "HealthyHostCount"
      dimensions  = local.target_dimensions[tier]
      statistic   = "Minimum"
      comparison  = "LessThanThreshold"
      threshold   = var.fleets[it.fleet].min
      periods     = 10
      # As above.
      missing = "breaching"
      pages   = false
    }
    "${tier}-latency" = {
      description        = "${tier} load balancer: one request in a hundred waits longer than ${var.thresholds.latency_p99[tier]} s for ${it.fleet}."
      namespace          = "AWS/ApplicationELB"
      metric             = "TargetResponseTime"
      dimensions         = local.target_dimensions[tier]
      extended_statistic = "p99"
      comparison         = "GreaterThanThreshold"
      threshold          = var.thresholds.latency_p99[tier]
      periods            = 5
      # No requests, no latency.
      missing = "notBreaching"
      # What clients wait for is the front's; the back's says where.
      pages = tier == "front"
    }
    "${tier}-balancer-5xx" = {
      description = "${tier} load balancer: answers with 5xx of its own, more than ${var.thresholds.balancer_5xx} a minute: no healthy target, a target that closed the connection, a time-out."
      namespace   = "AWS/ApplicationELB"
      metric      = "HTTPCode_ELB_5XX_Count"
      dimensions  = local.balancer_dimensions[tier]
      statistic   = "Sum"
      comparison  = "GreaterThanThreshold"
      threshold   = var.thresholds.balancer_5xx
      periods     = 3
      # The metric exists only when there are such answers.
      missing = "notBreaching"
      pages   = tier == "front"
    }
    "${tier}-rejected-connections" = {
      description = "${tier} load balancer: at its limit of connections, and refusing more."
      namespace   = "AWS/ApplicationELB"
      metric      = "RejectedConnectionCount"
      dimensions  = local.balancer_dimensions[tier]
      statistic   = "Sum"
      comparison  = "GreaterThanThreshold"
      threshold   = 0
      periods     = 3
      # The metric exists only when there are such connections.
      missing = "notBreaching"
      pages   = false
    }
  }]...)
}

# A share, not a number: at night three errors are many, at noon they are none. Below least_requests
# a minute a share means nothing.
resource "aws_cloudwatch_metric_alarm" "target_5xx" {
  for_each = local.tiers

  alarm_name          = "${var.name}-${each.key}-target-5xx"
  alarm_description   = "${each.value.fleet}: more than ${var.thresholds.target_5xx_percent} % of the ${each.key} load balancer's requests are answered with 5xx."
  comparison_operator = "GreaterThanThreshold"
  threshold           = var.thresholds.target_5xx_percent
  evaluation_periods  = 5
  datapoints_to_alarm = 3
  # No requests, no errors.
  treat_missing_data = "notBreaching"
  alarm_actions      = local.inform
  ok_actions         = local.inform

  metric_query {
    id          = "share"
    label       = "5xx, percent"
    expression  = "IF(requests >= ${var.thresholds.least_requests}, 100 * FILL(errors, 0) / requests, 0)"
    return_data = true
  }

  metric_query {
    id = "errors"

    metric {
      namespace   = "AWS/ApplicationELB"
      metric_name = "HTTPCode_Target_5XX_Count"
      dimensions  = local.target_dimensions[each.key]
      stat        = "Sum"
      period      = 60
    }
  }

  metric_query {
    id = "requests"

    metric {
      namespace   = "AWS/ApplicationELB"
      metric_name = "RequestCount"
      dimensions  = local.target_dimensions[each.key]
      stat        = "Sum"
      period      = 60
    }
  }

  tags = { Name = "${var.name}-${each.key}-target-5xx" }
}
