mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  bucket                 = "scv-artifacts"
  versioning             = true
  expire_noncurrent_days = 90
  force_destroy          = false
}

run "kept" {
  assert {
    condition     = length(aws_s3_bucket_lifecycle_configuration.this.rule) == 1 && aws_s3_bucket_versioning.this.versioning_configuration[0].status == "Enabled"
    error_message = "Versions are kept, current objects for ever."
  }

  assert {
    condition = (
      aws_s3_bucket_public_access_block.this.block_public_acls && aws_s3_bucket_public_access_block.this.block_public_policy
      && aws_s3_bucket_public_access_block.this.ignore_public_acls && aws_s3_bucket_public_access_block.this.restrict_public_buckets
    )
    error_message = "Nothing is public."
  }

  assert {
    condition     = data.aws_iam_policy_document.this.statement[0].effect == "Deny" && one(data.aws_iam_policy_document.this.statement[0].condition).variable == "aws:SecureTransport"
    error_message = "TLS only."
  }
}

run "expiring" {
  variables {
    expire_days = 365
  }

  assert {
    condition     = length(aws_s3_bucket_lifecycle_configuration.this.rule) == 2
    error_message = "Current objects expire, too."
  }
}

run "dotted_name" {
  command = plan

  variables {
    bucket = "scv.artifacts"
  }

  expect_failures = [var.bucket]
}

run "elsewhere" {
  command = plan

  variables {
    region = "ap-northeast-1"
  }

  assert {
    condition     = aws_s3_bucket.this.region == "ap-northeast-1" && aws_s3_bucket_policy.this.region == "ap-northeast-1"
    error_message = "All of it is in the region that was named."
  }
}
