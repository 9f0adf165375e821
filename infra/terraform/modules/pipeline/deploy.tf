# CodeDeploy, in place: instance by instance out of the load balancer, the new package, back again.
# A deployment that fails, or during which an alarm rises, goes back to the last good revision.
locals {
  dimensions = {
    LoadBalancer = trimprefix(element(split(":", var.fleet.load_balancer_arn), 5), "loadbalancer/")
    TargetGroup  = element(split(":", var.fleet.target_group_arn), 5)
  }

  # One at a time is AWS's own.
  deployment_config = var.deploy.one_at_a_time ? "CodeDeployDefault.OneAtATime" : aws_codedeploy_deployment_config.this[0].deployment_config_name

  alarms = {
    errors = {
      description = "${var.name}: instances answer with errors of their own"
      metric      = "HTTPCode_Target_5XX_Count"
      statistic   = "Sum"
      threshold   = var.deploy.errors_per_minute
      periods     = 1
    }
    unhealthy = {
      description = "${var.name}: instances fail their health checks"
      metric      = "UnHealthyHostCount"
      statistic   = "Maximum"
      threshold   = 1
      periods     = var.deploy.unhealthy_minutes
    }
  }
}

resource "aws_codedeploy_app" "this" {
  name             = var.name
  compute_platform = "Server"

  tags = { Name = var.name }
}

# A configuration cannot be changed: another percentage is another one, under another name.
resource "aws_codedeploy_deployment_config" "this" {
  count = var.deploy.one_at_a_time ? 0 : 1

  deployment_config_name = "${var.name}-${var.deploy.minimum_healthy_percent}-percent"
  compute_platform       = "Server"

  minimum_healthy_hosts {
    type  = "FLEET_PERCENT"
    value = var.deploy.minimum_healthy_percent
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = local.alarms

  alarm_name          = "${var.name}-deploy-${each.key}"
  alarm_description   = each.value.description
  namespace           = "AWS/ApplicationELB"
  metric_name         = each.value.metric
  statistic           = each.value.statistic
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = each.value.threshold
  period              = 60
  evaluation_periods  = each.value.periods
  # No requests, no errors.
  treat_missing_data = "notBreaching"
  dimensions         = local.dimensions
  alarm_actions      = var.topic == null ? [] : [var.topic.arn]

  tags = { Name = "${var.name}-deploy-${each.key}" }
}

resource "aws_codedeploy_deployment_group" "this" {
  app_name                    = aws_codedeploy_app.this.name
  deployment_group_name       = "fleet"
  deployment_config_name      = local.deployment_config
  service_role_arn            = aws_iam_role.this["deploy"].arn
  autoscaling_groups          = [var.fleet.group_name]
  outdated_instances_strategy = "UPDATE"

  deployment_style {
    deployment_type   = "IN_PLACE"
    deployment_option = "WITH_TRAFFIC_CONTROL"
  }

  load_balancer_info {
    target_group_info {
      name = element(split("/", var.fleet.target_group_arn), 1)
    }
  }

  auto_rollback_configuration {
    enabled = true
    events  = ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM"]
  }

  alarm_configuration {
    enabled = true
    alarms  = concat([for alarm in aws_cloudwatch_metric_alarm.this : alarm.alarm_name], var.deploy.further_alarms)
    # An alarm whose state cannot be read stops the deployment.
    ignore_poll_alarm_failure = false
  }

  dynamic "trigger_configuration" {
    for_each = var.topic == null ? [] : [var.topic.arn]

    content {
      trigger_name       = "failures"
      trigger_events     = ["DeploymentFailure", "DeploymentRollback", "DeploymentStop"]
      trigger_target_arn = trigger_configuration.value
    }
  }

  tags = { Name = var.name }

  # CodeDeploy puts its hook into the group, and takes it out again, as this role.
  depends_on = [aws_iam_role_policy_attachment.deploy]
}
