# What starts the pipeline: a push to the branch, or a new source object. A connection needs no rule.
locals {
  patterns = {
    codecommit = {
      source      = ["aws.codecommit"]
      detail-type = ["CodeCommit Repository State Change"]
      resources   = [var.source_code.repository_arn]
      detail = {
        event         = ["referenceCreated", "referenceUpdated"]
        referenceType = ["branch"]
        referenceName = [var.source_code.branch]
      }
    }
    s3 = {
      source      = ["aws.s3"]
      detail-type = ["Object Created"]
      detail = {
        bucket = { name = [var.store.bucket] }
        object = { key = [var.source_code.object_key] }
      }
    }
  }
  has_rule = var.source_code.kind != "codeconnections"
}

resource "aws_cloudwatch_event_rule" "source" {
  count = local.has_rule ? 1 : 0

  name          = "${var.name}-source"
  description   = "Starts the pipeline ${var.name}"
  event_pattern = jsonencode(local.patterns[var.source_code.kind])

  tags = { Name = "${var.name}-source" }
}

resource "aws_cloudwatch_event_target" "pipeline" {
  count = local.has_rule ? 1 : 0

  rule      = aws_cloudwatch_event_rule.source[0].name
  target_id = "pipeline"
  arn       = aws_codepipeline.this.arn
  role_arn  = aws_iam_role.this["events"].arn

  retry_policy {
    maximum_event_age_in_seconds = 3600
    maximum_retry_attempts       = 10
  }
}

# Who looks after it hears of a run that failed, wherever it did.
resource "aws_cloudwatch_event_rule" "failure" {
  count = var.topic == null ? 0 : 1

  name        = "${var.name}-failure"
  description = "The pipeline ${var.name} failed"
  event_pattern = jsonencode({
    source      = ["aws.codepipeline"]
    detail-type = ["CodePipeline Pipeline Execution State Change"]
    detail      = { pipeline = [var.name], state = ["FAILED"] }
  })

  tags = { Name = "${var.name}-failure" }
}

resource "aws_cloudwatch_event_target" "topic" {
  count = var.topic == null ? 0 : 1

  rule      = aws_cloudwatch_event_rule.failure[0].name
  target_id = "topic"
  arn       = var.topic.arn
}
