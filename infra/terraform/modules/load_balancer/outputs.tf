output "dns_name" {
  description = "The load balancer's own name."
  value       = aws_lb.this.dns_name
}

output "zone_id" {
  description = "Hosted zone of that name, for alias records."
  value       = aws_lb.this.zone_id
}

output "arn" {
  description = "The load balancer's ARN."
  value       = aws_lb.this.arn
}

output "target_group_arn" {
  description = "The target group's ARN, usable once the listener forwards to it."
  value       = aws_lb_target_group.this.arn

  depends_on = [aws_lb_listener.https]
}

output "resource_label" {
  description = "Names the load balancer and the target group in a scaling metric."
  value       = "${aws_lb.this.arn_suffix}/${aws_lb_target_group.this.arn_suffix}"

  depends_on = [aws_lb_listener.https]
}

output "metric_names" {
  description = "How CloudWatch names the load balancer and the target group."
  value = {
    arn_suffix              = aws_lb.this.arn_suffix
    target_group_arn_suffix = aws_lb_target_group.this.arn_suffix
  }
}
