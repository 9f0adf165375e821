mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  alias                   = "scv-database"
  description             = "A key"
  account_arn_root        = "arn:aws:iam::123456789012:root"
  deletion_window_in_days = 30
}

run "rotates" {
  assert {
    condition     = aws_kms_key.this.enable_key_rotation && aws_kms_alias.this.name == "alias/scv-database"
    error_message = "The key rotates itself and has its alias."
  }
}

run "reserved_alias" {
  command = plan

  variables {
    alias = "aws/rds"
  }

  expect_failures = [var.alias]
}

run "encrypts_logs" {
  variables {
    log_groups = {
      arn     = "arn:aws:logs:ap-northeast-2:123456789012:log-group:/aws/rds/instance/scv/*"
      service = "logs.ap-northeast-2.amazonaws.com"
    }
  }

  assert {
    condition     = length(data.aws_iam_policy_document.this.statement) == 2
    error_message = "CloudWatch Logs may use the key, for these groups."
  }
}

run "encrypts_messages" {
  variables {
    publishers = ["cloudwatch.amazonaws.com"]
  }

  assert {
    condition     = data.aws_iam_policy_document.this.statement[1].sid == "EncryptMessages"
    error_message = "CloudWatch may publish to encrypted topics."
  }
}
