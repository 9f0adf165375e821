# RDS for MariaDB: private, encrypted at rest and on the wire. A replica has its source's engine, size,
# user, database and password, and no snapshot at its end; it becomes a database of its own when its
# role does.
locals {
  is_replica     = var.role == "replica"
  final_snapshot = var.final_snapshot && !local.is_replica

  family   = "mariadb${join(".", slice(split(".", var.engine_version), 0, 2))}"
  exported = toset(["error", "slowquery"])
}

resource "aws_db_subnet_group" "this" {
  name        = var.identifier
  description = "Database subnets of ${var.identifier}"
  subnet_ids  = var.subnet_ids

  tags = { Name = var.identifier }

  lifecycle {
    postcondition {
      condition     = self.vpc_id == var.vpc_id
      error_message = "The database's subnets are in another VPC. They must be the db subnets of this region's VPC."
    }
  }
}

resource "aws_db_parameter_group" "this" {
  name        = "${var.identifier}-${replace(local.family, ".", "-")}"
  family      = local.family
  description = "Parameters of ${var.identifier}"

  # The server refuses whoever does not speak TLS.
  parameter {
    name  = "require_secure_transport"
    value = "1"
  }

  parameter {
    name  = "character_set_server"
    value = "utf8mb4"
  }

  # CloudWatch takes logs from files; RDS would write them into tables.
  parameter {
    name  = "log_output"
    value = "FILE"
  }

  parameter {
    name  = "slow_query_log"
    value = "1"
  }

  parameter {
    name  = "long_query_time"
    value = "1"
  }

  tags = { Name = var.identifier }

  lifecycle {
    create_before_destroy = true
  }
}

# RDS would create them itself, and keep them for ever.
resource "aws_cloudwatch_log_group" "this" {
  for_each = local.exported

  name              = "/aws/rds/instance/${var.identifier}/${each.key}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn

  tags = { Name = "${var.identifier}-${each.key}" }
}

resource "aws_db_instance" "this" {
  identifier     = var.identifier
  engine         = local.is_replica ? null : "mariadb"
  engine_version = local.is_replica ? null : var.engine_version
  instance_class = var.instance_class

  replicate_source_db = local.is_replica ? var.source_arn : null

  storage_type          = "gp3"
  allocated_storage     = local.is_replica ? null : var.storage_gib.initial
  max_allocated_storage = var.storage_gib.max
  storage_encrypted     = true
  kms_key_id            = var.kms_key_arn

  db_name             = local.is_replica ? null : var.database_name
  username            = local.is_replica ? null : var.username
  password_wo         = var.password
  password_wo_version = var.role == "source" ? var.password_version : null

  db_subnet_group_name   = aws_db_subnet_group.this.name
  vpc_security_group_ids = [var.security_group_id]
  port                   = var.port
  publicly_accessible    = false
  multi_az               = var.multi_az

  parameter_group_name = aws_db_parameter_group.this.name
  ca_cert_identifier   = var.ca_cert_identifier

  backup_retention_period         = var.backup_retention_days
  backup_window                   = "18:00-18:30"
  maintenance_window              = "sun:19:00-sun:20:00"
  copy_tags_to_snapshot           = true
  auto_minor_version_upgrade      = true
  enabled_cloudwatch_logs_exports = local.exported
  apply_immediately               = var.apply_immediately

  deletion_protection       = var.deletion_protection
  delete_automated_backups  = !local.final_snapshot
  skip_final_snapshot       = !local.final_snapshot
  final_snapshot_identifier = local.final_snapshot ? "${var.identifier}-final" : null

  tags = { Name = var.identifier }

  lifecycle {
    postcondition {
      condition     = !self.publicly_accessible
      error_message = "The database is public. It must not be: set publicly_accessible back to false, and find out who changed it."
    }

    postcondition {
      condition     = self.db_subnet_group_name == aws_db_subnet_group.this.name
      error_message = "The database is outside the database subnets. Move it back to its own subnet group."
    }

    postcondition {
      condition     = self.storage_encrypted
      error_message = "The database's storage is not encrypted. Restore a snapshot of it into an encrypted instance."
    }
  }

  depends_on = [aws_cloudwatch_log_group.this]
}
