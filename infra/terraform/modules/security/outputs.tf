output "group_ids" {
  description = "front_alb, web, back_alb, was, db => the security group's id, usable once its rules stand."
  value       = { for key, group in aws_security_group.this : key => group.id }

  depends_on = [
    aws_vpc_security_group_ingress_rule.clients,
    aws_vpc_security_group_ingress_rule.between,
    aws_vpc_security_group_egress_rule.between,
    aws_vpc_security_group_egress_rule.https,
    aws_vpc_security_group_egress_rule.peer_database,
    aws_vpc_security_group_ingress_rule.peer_was,
  ]
}
