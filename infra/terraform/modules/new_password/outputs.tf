output "password" {
  description = "32 letters and digits."
  value       = ephemeral.aws_secretsmanager_random_password.this.random_password
  ephemeral   = true
}
