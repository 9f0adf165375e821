mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  name                    = "scv/database"
  kms_key_arn             = "arn:aws:kms:ap-northeast-2:123456789012:key/0"
  recovery_window_in_days = 7
  database                = { engine = "mariadb", username = "memo", dbname = "memo", port = 3306, instance = "scv" }
  password                = "0123456789abcdef0123456789abcdef"
  password_version        = 1
}

run "written_and_not_kept" {
  assert {
    condition     = aws_secretsmanager_secret_version.this.secret_string_wo == null && aws_secretsmanager_secret_version.this.secret_string_wo_version == 1
    error_message = "The value is in no state."
  }

  assert {
    condition     = aws_secretsmanager_secret.this.kms_key_id == var.kms_key_arn
    error_message = "The secret is encrypted with the key that was given."
  }
}

run "copied" {
  variables {
    replica = { region = "ap-northeast-1", kms_key = "alias/scv-database" }
  }

  assert {
    condition     = one(aws_secretsmanager_secret.this.replica).region == "ap-northeast-1" && one(aws_secretsmanager_secret.this.replica).kms_key_id == "alias/scv-database"
    error_message = "The copy has a key of its own region."
  }
}

run "copied_without_a_key" {
  command = plan

  variables {
    replica = { region = "ap-northeast-1", kms_key = "" }
  }

  expect_failures = [var.replica]
}

run "short_password" {
  command = plan

  variables {
    password = "short"
  }

  expect_failures = [var.password]
}

run "odd_recovery_window" {
  command = plan

  variables {
    recovery_window_in_days = 3
  }

  expect_failures = [var.recovery_window_in_days]
}
