output "instance_profile" {
  description = "Name of the instance profile."
  value       = aws_iam_instance_profile.this.name
}

output "role_name" {
  description = "Name of the role."
  value       = aws_iam_role.this.name
}
