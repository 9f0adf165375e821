# How the fleet grows and shrinks: towards a target, or by the two step policies, never both.
locals {
  tracked_cpu      = var.scaling.style == "target_tracking" && var.scaling.cpu != null
  tracked_requests = var.scaling.style == "target_tracking" && var.scaling.requests_per_target != null
  stepped          = var.scaling.style == "step"
  scaling_warmup   = coalesce(var.scaling.estimated_warmup, var.timing.warmup)
}

resource "aws_autoscaling_policy" "cpu" {
  count = local.tracked_cpu ? 1 : 0

  name                      = "${var.name}-cpu"
  autoscaling_group_name    = aws_autoscaling_group.this.name
  policy_type               = "TargetTrackingScaling"
  estimated_instance_warmup = local.scaling_warmup

  target_tracking_configuration {
    target_value     = var.scaling.cpu
    disable_scale_in = var.scaling.disable_scale_in

    predefined_metric_specification {
      predefined_metric_type = "ASGAverageCPUUtilization"
    }
  }
}

resource "aws_autoscaling_policy" "requests" {
  count = local.tracked_requests ? 1 : 0

  name                      = "${var.name}-requests"
  autoscaling_group_name    = aws_autoscaling_group.this.name
  policy_type               = "TargetTrackingScaling"
  estimated_instance_warmup = local.scaling_warmup

  target_tracking_configuration {
    target_value     = var.scaling.requests_per_target
    disable_scale_in = var.scaling.disable_scale_in

    predefined_metric_specification {
      predefined_metric_type = "ALBRequestCountPerTarget"
      resource_label         = var.resource_label
    }
  }
}

resource "aws_autoscaling_policy" "scale_out" {
  count = local.stepped ? 1 : 0

  name                      = "${var.name}-scale-out"
  autoscaling_group_name    = aws_autoscaling_group.this.name
  policy_type               = "StepScaling"
  adjustment_type           = "ChangeInCapacity"
  metric_aggregation_type   = "Average"
  estimated_instance_warmup = local.scaling_warmup

  # Bounds are distances from the alarm's threshold.
  step_adjustment {
    scaling_adjustment          = 1
    metric_interval_lower_bound = 0
    metric_interval_upper_bound = var.scaling.step_out_large_excess
  }

  step_adjustment {
    scaling_adjustment          = 2
    metric_interval_lower_bound = var.scaling.step_out_large_excess
  }
}

resource "aws_autoscaling_policy" "scale_in" {
  count = local.stepped ? 1 : 0

  name                    = "${var.name}-scale-in"
  autoscaling_group_name  = aws_autoscaling_group.this.name
  policy_type             = "StepScaling"
  adjustment_type         = "ChangeInCapacity"
  metric_aggregation_type = "Average"

  step_adjustment {
    scaling_adjustment          = -1
    metric_interval_upper_bound = 0
  }
}

resource "aws_cloudwatch_metric_alarm" "cpu_high" {
  count = local.stepped ? 1 : 0

  alarm_name          = "${var.name}-cpu-high"
  alarm_description   = "The fleet ${var.name} needs another instance"
  namespace           = "AWS/EC2"
  metric_name         = "CPUUtilization"
  statistic           = "Average"
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = var.scaling.high
  period              = var.scaling.period
  evaluation_periods  = var.scaling.high_periods
  treat_missing_data  = "missing"
  dimensions          = { AutoScalingGroupName = aws_autoscaling_group.this.name }
  alarm_actions       = [aws_autoscaling_policy.scale_out[0].arn]

  tags = { Name = "${var.name}-cpu-high" }
}

resource "aws_cloudwatch_metric_alarm" "cpu_low" {
  count = local.stepped ? 1 : 0

  alarm_name          = "${var.name}-cpu-low"
  alarm_description   = "The fleet ${var.name} has an instance too many"
  namespace           = "AWS/EC2"
  metric_name         = "CPUUtilization"
  statistic           = "Average"
  comparison_operator = "LessThanOrEqualToThreshold"
  threshold           = var.scaling.low
  period              = var.scaling.period
  evaluation_periods  = var.scaling.low_periods
  treat_missing_data  = "missing"
  dimensions          = { AutoScalingGroupName = aws_autoscaling_group.this.name }
  alarm_actions       = [aws_autoscaling_policy.scale_in[0].arn]

  tags = { Name = "${var.name}-cpu-low" }
}
