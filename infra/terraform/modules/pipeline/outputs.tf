output "name" {
  description = "The pipeline's name."
  value       = aws_codepipeline.this.name
}

output "arn" {
  description = "The pipeline's ARN."
  value       = aws_codepipeline.this.arn
}

output "application" {
  description = "CodeDeploy's application and deployment group."
  value       = { name = aws_codedeploy_app.this.name, group = aws_codedeploy_deployment_group.this.deployment_group_name }
}

output "log_group" {
  description = "Where the builds' output is."
  value       = aws_cloudwatch_log_group.build.name
}

output "alarms" {
  description = "The alarms that stop a deployment."
  value       = [for alarm in aws_cloudwatch_metric_alarm.this : alarm.alarm_name]
}
