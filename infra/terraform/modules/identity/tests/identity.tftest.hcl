mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  name          = "scv-web-ap-northeast-2"
  region        = "ap-northeast-2"
  artifact_arns = ["arn:aws:s3:::artifacts/releases/*/memo-web_*.deb"]
}

run "artifact_only" {
  assert {
    condition     = length(data.aws_iam_policy_document.this.statement) == 1 && one(data.aws_iam_policy_document.this.statement[0].actions) == "s3:GetObject"
    error_message = "The web tier fetches its artifact and does nothing else."
  }

  assert {
    condition     = aws_iam_instance_profile.this.role == aws_iam_role.this.name
    error_message = "The profile has the role."
  }
}

run "one_secret" {
  variables {
    secret = {
      arn         = "arn:aws:secretsmanager:ap-northeast-2:123456789012:secret:scv/database-abcdef"
      kms_key_arn = "arn:aws:kms:ap-northeast-2:123456789012:key/0"
    }
  }

  assert {
    condition     = one(data.aws_iam_policy_document.this.statement[1].resources) == var.secret.arn && one(data.aws_iam_policy_document.this.statement[1].actions) == "secretsmanager:GetSecretValue"
    error_message = "One action on one secret."
  }

  assert {
    condition     = length(data.aws_iam_policy_document.this.statement[2].condition) == 2
    error_message = "The key decrypts this secret through Secrets Manager, and nothing else."
  }
}

run "all_secrets" {
  command = plan

  variables {
    secret = { arn = "arn:aws:secretsmanager:ap-northeast-2:123456789012:secret:*", kms_key_arn = "arn:aws:kms:ap-northeast-2:123456789012:key/0" }
  }

  expect_failures = [var.secret]
}

run "all_objects" {
  command = plan

  variables {
    artifact_arns = ["arn:aws:s3:::*"]
  }

  expect_failures = [var.artifact_arns]
}

run "a_pipelines_revisions" {
  variables {
    revisions = { arn = "arn:aws:s3:::pipelines/scv-web/*", kms_key_arn = "arn:aws:kms:ap-northeast-2:123456789012:key/0" }
  }

  assert {
    condition     = length(data.aws_iam_policy_document.this.statement) == 3 && one(data.aws_iam_policy_document.this.statement[2].actions) == "kms:Decrypt" && one(data.aws_iam_policy_document.this.statement[2].condition).variable == "kms:ViaService"
    error_message = "Instances fetch their own pipeline's revisions, and decrypt them through S3 alone."
  }
}
