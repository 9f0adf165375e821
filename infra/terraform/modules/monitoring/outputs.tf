output "topic_arns" {
  description = "page: wakes somebody. inform: somebody looks, some time; budgets belong there, too."
  value       = { for name, topic in aws_sns_topic.this : name => topic.arn }

  depends_on = [aws_sns_topic_policy.this]
}

output "alarm_names" {
  description = "The alarms' names, without this module's prefix => with it: for what rolls back on alarms."
  value = merge(
    { for name, alarm in aws_cloudwatch_metric_alarm.this : name => alarm.alarm_name },
    { for tier, alarm in aws_cloudwatch_metric_alarm.target_5xx : "${tier}-target-5xx" => alarm.alarm_name },
    { service-impaired = aws_cloudwatch_composite_alarm.impaired.alarm_name },
  )
}

output "dashboard" {
  description = "The dashboard's name."
  value       = aws_cloudwatch_dashboard.this.dashboard_name
}

output "log_groups" {
  description = "Names of the log groups: memo, nginx, boot."
  value       = { for name, group in aws_cloudwatch_log_group.this : name => group.name }
}
