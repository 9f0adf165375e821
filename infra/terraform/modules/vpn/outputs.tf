output "address" {
  description = "Where clients connect to."
  value       = aws_eip.this.public_ip
}

output "secret_id" {
  description = "The secret that infra/vpn/pki publishes to."
  value       = aws_secretsmanager_secret.pki.id
}

output "group_id" {
  description = "The VPN's security group."
  value       = aws_security_group.this.id
}

output "script" {
  description = "The boot script, in plain text."
  value       = local.script
}

output "role_name" {
  description = "Name of the instance's role."
  value       = aws_iam_role.this.name
}
