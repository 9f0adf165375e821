# Where both pipelines' source is: a repository in CodeCommit, an object in the pipelines' bucket, or
# a connection to where it is kept.
locals {
  makes_repository = var.kind == "codecommit" && var.create_repository
  makes_connection = var.kind == "codeconnections" && var.connection_arn == null
}

resource "aws_codecommit_repository" "this" {
  count = local.makes_repository ? 1 : 0

  repository_name = var.repository
  description     = "${var.name}: the source of both pipelines"
  kms_key_id      = var.key_arn

  tags = { Name = var.repository }
}

# Made in the state PENDING: a person completes the handshake in the console, once.
resource "aws_codeconnections_connection" "this" {
  count = local.makes_connection ? 1 : 0

  name          = "${var.name}-source"
  provider_type = var.provider_type

  tags = { Name = "${var.name}-source" }
}

# The bucket tells EventBridge of every object; a pipeline's rule picks its own. No CloudTrail needed.
resource "aws_s3_bucket_notification" "this" {
  count = var.kind == "s3" ? 1 : 0

  bucket      = var.bucket
  eventbridge = true
}
