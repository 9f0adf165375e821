output "group_name" {
  description = "The auto scaling group's name."
  value       = aws_autoscaling_group.this.name
}

output "launch_template" {
  description = "The launch template's id and its newest version."
  value = {
    id      = aws_launch_template.this.id
    version = aws_launch_template.this.latest_version
  }
}
