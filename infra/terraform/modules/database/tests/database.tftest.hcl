mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  identifier            = "scv"
  role                  = "source"
  engine_version        = "10.11"
  instance_class        = "db.t4g.small"
  storage_gib           = { initial = 20, max = 100 }
  vpc_id                = "vpc-0123456789abcdef0"
  subnet_ids            = ["subnet-0", "subnet-1"]
  security_group_id     = "sg-0"
  kms_key_arn           = "arn:aws:kms:ap-northeast-2:123456789012:key/0"
  database_name         = "memo"
  username              = "memo"
  password              = "0123456789abcdef0123456789abcdef"
  password_version      = 1
  port                  = 3306
  multi_az              = false
  ca_cert_identifier    = "rds-ca-rsa2048-g1"
  backup_retention_days = 7
  log_retention_days    = 365
  apply_immediately     = false
  deletion_protection   = true
  final_snapshot        = true
}

run "private_and_encrypted" {
  assert {
    condition     = !aws_db_instance.this.publicly_accessible && aws_db_instance.this.storage_encrypted && aws_db_instance.this.kms_key_id == var.kms_key_arn
    error_message = "Private, and encrypted with the key that was given."
  }

  assert {
    condition     = one([for parameter in aws_db_parameter_group.this.parameter : parameter.value if parameter.name == "require_secure_transport"]) == "1"
    error_message = "The server insists on TLS."
  }

  assert {
    condition     = aws_db_parameter_group.this.family == "mariadb10.11" && aws_db_instance.this.final_snapshot_identifier == "scv-final"
    error_message = "The family follows the version; deleting takes a snapshot."
  }

  assert {
    condition     = aws_db_instance.this.password_wo == null && aws_db_instance.this.password == null
    error_message = "The password is in no state."
  }
}

run "newer_and_redundant" {
  variables {
    engine_version = "11.4.5"
    multi_az       = true
    final_snapshot = false
  }

  assert {
    condition     = aws_db_parameter_group.this.family == "mariadb11.4" && aws_db_instance.this.multi_az && aws_db_instance.this.skip_final_snapshot
    error_message = "Another version, a standby, no last snapshot."
  }
}

run "replica" {
  command = plan

  variables {
    role       = "replica"
    source_arn = "arn:aws:rds:ap-northeast-1:123456789012:db:scv"
    password   = null
  }

  assert {
    condition = (
      aws_db_instance.this.replicate_source_db == var.source_arn && aws_db_instance.this.kms_key_id == var.kms_key_arn
      && aws_db_instance.this.password_wo_version == null && aws_db_instance.this.skip_final_snapshot
      && aws_db_instance.this.final_snapshot_identifier == null && aws_db_instance.this.backup_retention_period == 7
    )
    error_message = "A key of its own region, backups, no password and no last snapshot."
  }
}

run "promoted" {
  command = plan

  variables {
    role     = "standalone"
    password = null
  }

  assert {
    condition     = aws_db_instance.this.replicate_source_db == null && aws_db_instance.this.username == "memo" && aws_db_instance.this.final_snapshot_identifier == "scv-final"
    error_message = "It follows nobody, and has what a source has, but for a password that is written here."
  }
}

run "replica_of_nobody" {
  command = plan

  variables {
    role = "replica"
  }

  expect_failures = [var.source_arn]
}

run "subnets_of_another_vpc" {
  command = plan

  variables {
    vpc_id = "vpc-0fedcba9876543210"
  }

  expect_failures = [aws_db_subnet_group.this]
}

run "short_password" {
  command = plan

  variables {
    password = "short"
  }

  expect_failures = [var.password]
}

run "few_backups" {
  command = plan

  variables {
    backup_retention_days = 1
  }

  expect_failures = [var.backup_retention_days]
}
