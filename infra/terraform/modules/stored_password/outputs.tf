output "password" {
  description = "The field password of the secret."
  value       = jsondecode(ephemeral.aws_secretsmanager_secret_version.this.secret_string)["password"]
  ephemeral   = true
}
