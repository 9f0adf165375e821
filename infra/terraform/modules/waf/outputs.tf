output "arn" {
  description = "The web ACL's ARN."
  value       = aws_wafv2_web_acl.this.arn
}

output "log_group" {
  description = "The log group of its requests."
  value       = aws_cloudwatch_log_group.this.name
}

output "wcu" {
  description = "Capacity units of the rules, as AWS counts them."
  value       = local.wcu
}
