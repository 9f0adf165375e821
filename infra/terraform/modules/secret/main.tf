# The database's credentials. The value is written once per password_version and is never read back
# into the state.
resource "aws_secretsmanager_secret" "this" {
  name                    = var.name
  description             = "Credentials of the database ${var.database.instance}"
  kms_key_id              = var.kms_key_arn
  recovery_window_in_days = var.recovery_window_in_days

  # Secrets Manager keeps a copy under the same name in the other region, with a key of that region.
  dynamic "replica" {
    for_each = var.replica == null ? [] : [var.replica]

    content {
      region     = replica.value.region
      kms_key_id = replica.value.kms_key
    }
  }

  tags = { Name = var.name }
}

resource "aws_secretsmanager_secret_version" "this" {
  secret_id = aws_secretsmanager_secret.this.id

  secret_string_wo = jsonencode({
    engine               = var.database.engine
    username             = var.database.username
    password             = var.password
    dbname               = var.database.dbname
    port                 = var.database.port
    dbInstanceIdentifier = var.database.instance
  })
  secret_string_wo_version = var.password_version
}
