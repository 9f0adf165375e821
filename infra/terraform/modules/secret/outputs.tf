output "arn" {
  description = "The secret's ARN."
  value       = aws_secretsmanager_secret.this.arn
}

output "version" {
  description = "The secret's ARN and the id of the version that was written, known once it is written."
  value = {
    secret_id  = aws_secretsmanager_secret_version.this.arn
    version_id = aws_secretsmanager_secret_version.this.version_id
  }
}
