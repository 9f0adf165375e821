output "arn" {
  description = "The web ACL's ARN."
  value       = aws_cloudformation_stack.this.outputs["WAFWebACLArn"]
}
