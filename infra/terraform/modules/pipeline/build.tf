# A build per architecture, each on a machine of it. The source's own buildspec says what to do.
resource "aws_cloudwatch_log_group" "build" {
  name              = "/aws/codebuild/${var.name}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.key_arn

  tags = { Name = var.name }
}

resource "aws_codebuild_project" "this" {
  for_each = toset(var.architectures)

  name                   = "${var.name}-${each.value}"
  description            = "Builds ${local.package} for ${local.platforms[each.value]}"
  service_role           = aws_iam_role.this["build"].arn
  encryption_key         = var.key_arn
  build_timeout          = var.build.timeout_minutes
  queued_timeout         = var.build.queued_timeout_minutes
  concurrent_build_limit = var.build.concurrent
  project_visibility     = "PRIVATE"

  source {
    type      = "CODEPIPELINE"
    buildspec = "pipeline/${var.component}/buildspec.yml"
  }

  artifacts {
    type = "CODEPIPELINE"
  }

  environment {
    type                        = each.value == "arm64" ? "ARM_CONTAINER" : "LINUX_CONTAINER"
    compute_type                = var.build.compute_type
    image                       = var.build.image
    image_pull_credentials_type = startswith(var.build.image, "aws/codebuild/") ? "CODEBUILD" : "SERVICE_ROLE"
    # Nothing in the build starts containers.
    privileged_mode = false

    # Names of places, no secrets: everybody who may see the project sees these.
    dynamic "environment_variable" {
      for_each = { COMPONENT = var.component, ARCHITECTURE = each.value, RELEASE_BUCKET = var.releases.bucket }

      content {
        name  = environment_variable.key
        value = environment_variable.value
        type  = "PLAINTEXT"
      }
    }
  }

  # The compiler's and npm's caches, between builds that run on different machines.
  cache {
    type     = "S3"
    location = "${var.store.bucket}/cache/${var.name}-${each.value}"
  }

  logs_config {
    cloudwatch_logs {
      status     = "ENABLED"
      group_name = aws_cloudwatch_log_group.build.name
    }

    s3_logs {
      status = "DISABLED"
    }
  }

  tags = { Name = "${var.name}-${each.value}" }

  depends_on = [aws_iam_role_policy_attachment.own]
}
