mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  name              = "scv"
  kind              = "codecommit"
  repository        = "scv"
  create_repository = true
  provider_type     = "GitHub"
  bucket            = "pipelines"
  key_arn           = "arn:aws:kms:ap-northeast-2:123456789012:key/0"
}

run "repository" {
  assert {
    condition     = aws_codecommit_repository.this[0].kms_key_id == var.key_arn && output.connection_arn == null && length(aws_s3_bucket_notification.this) == 0
    error_message = "A repository, encrypted with our key, and nothing else."
  }
}

run "a_repository_that_is_there" {
  command = plan

  variables {
    create_repository = false
  }

  assert {
    condition     = length(aws_codecommit_repository.this) == 0 && output.clone_url == null
    error_message = "It is not made."
  }
}

run "bucket" {
  variables {
    kind = "s3"
  }

  assert {
    condition     = aws_s3_bucket_notification.this[0].eventbridge && length(aws_codecommit_repository.this) == 0
    error_message = "The bucket tells EventBridge."
  }
}

run "connection" {
  variables {
    kind       = "codeconnections"
    repository = "example/scv"
  }

  assert {
    condition     = output.connection_arn == aws_codeconnections_connection.this[0].arn
    error_message = "A connection is made, for a person to complete."
  }
}

run "a_connection_that_is_there" {
  command = plan

  variables {
    kind           = "codeconnections"
    repository     = "example/scv"
    connection_arn = "arn:aws:codeconnections:ap-northeast-2:123456789012:connection/1"
  }

  assert {
    condition     = length(aws_codeconnections_connection.this) == 0 && output.connection_arn == var.connection_arn
    error_message = "It is used."
  }
}

run "a_connection_without_an_owner" {
  command = plan

  variables {
    kind = "codeconnections"
  }

  expect_failures = [var.repository]
}
