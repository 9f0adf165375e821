# Reads a password from Secrets Manager. It is in no state and no plan.
ephemeral "aws_secretsmanager_secret_version" "this" {
  secret_id  = var.secret_version.secret_id
  version_id = var.secret_version.version_id
}
