# One pipeline: source → build, per architecture → approval, if wanted → deployment to one fleet →
# the channel, which says what instances that start later install.
locals {
  package      = var.component == "was" ? "memo" : "memo-web"
  platforms    = { for architecture in var.architectures : architecture => "debian12-${architecture}" }
  store_prefix = substr(var.name, 0, 20) # CodePipeline's own: the pipeline's name, cut to 20
  channel      = "channels/${var.channel}/${var.component}"
  source_name  = "Source"

  source_action = {
    codecommit = {
      provider = "CodeCommit"
      configuration = {
        RepositoryName       = var.source_code.repository
        BranchName           = var.source_code.branch
        OutputArtifactFormat = "CODE_ZIP"
        # EventBridge starts the pipeline.
        PollForSourceChanges = "false"
      }
    }
    s3 = {
      provider = "S3"
      configuration = {
        S3Bucket             = var.store.bucket
        S3ObjectKey          = var.source_code.object_key
        PollForSourceChanges = "false"
      }
    }
    codeconnections = {
      provider = "CodeStarSourceConnection"
      configuration = {
        ConnectionArn        = var.source_code.connection_arn
        FullRepositoryId     = var.source_code.repository
        BranchName           = var.source_code.branch
        OutputArtifactFormat = "CODE_ZIP"
      }
    }
  }[var.source_code.kind]
}

resource "aws_codepipeline" "this" {
  name           = var.name
  pipeline_type  = "V2"
  execution_mode = var.execution_mode
  role_arn       = aws_iam_role.this["pipeline"].arn

  artifact_store {
    type     = "S3"
    location = var.store.bucket

    encryption_key {
      type = "KMS"
      id   = var.key_arn
    }
  }

  # A connection brings its own events; the other sources have EventBridge (events.tf).
  dynamic "trigger" {
    for_each = var.source_code.kind == "codeconnections" ? [var.source_code] : []

    content {
      provider_type = "CodeStarSourceConnection"

      git_configuration {
        source_action_name = local.source_name

        push {
          branches {
            includes = [trigger.value.branch]
          }

          dynamic "file_paths" {
            for_each = length(trigger.value.file_paths) == 0 ? [] : [trigger.value.file_paths]

            content {
              includes = file_paths.value
            }
          }
        }
      }
    }
  }

  stage {
    name = local.source_name

    action {
      name             = local.source_name
      category         = "Source"
      owner            = "AWS"
      provider         = local.source_action.provider
      version          = "1"
      output_artifacts = ["source"]
      configuration    = local.source_action.configuration
    }
  }

  stage {
    name = "Build"

    dynamic "action" {
      for_each = var.architectures

      content {
        name             = "Build-${action.value}"
        category         = "Build"
        owner            = "AWS"
        provider         = "CodeBuild"
        version          = "1"
        input_artifacts  = ["source"]
        output_artifacts = ["revision_${action.value}"]
        configuration    = { ProjectName = aws_codebuild_project.this[action.value].name }
      }
    }
  }

  dynamic "stage" {
    for_each = var.approval.enabled ? [var.approval] : []

    content {
      name = "Approve"

      action {
        name               = "Approve"
        category           = "Approval"
        owner              = "AWS"
        provider           = "Manual"
        version            = "1"
        timeout_in_minutes = stage.value.timeout_minutes
        configuration = merge(
          { CustomData = "Deploy this build of ${local.package} to ${var.fleet.group_name}?" },
          var.topic == null ? {} : { NotificationArn = var.topic.arn },
        )
      }
    }
  }

  # The channel moves only after the fleet took the revision. Both are one stage, so that rolling
  # the stage back (rollback-stage) moves both back. A failed deployment is rolled back by CodeDeploy
  # itself; if the stage did that as well, its deployment would meet CodeDeploy's own and fail.
  stage {
    name = "Deploy"

    action {
      name            = "Deploy"
      category        = "Deploy"
      owner           = "AWS"
      provider        = "CodeDeploy"
      version         = "1"
      run_order       = 1
      input_artifacts = ["revision_${var.fleet.architecture}"]
      configuration = {
        ApplicationName     = aws_codedeploy_app.this.name
        DeploymentGroupName = aws_codedeploy_deployment_group.this.deployment_group_name
      }
    }

    dynamic "action" {
      for_each = var.architectures

      content {
        name            = "Publish-${action.value}"
        category        = "Deploy"
        owner           = "AWS"
        provider        = "S3"
        version         = "1"
        run_order       = 2
        input_artifacts = ["revision_${action.value}"]
        configuration = {
          BucketName = var.releases.bucket
          Extract    = "true"
          ObjectKey  = "${local.channel}/${local.platforms[action.value]}"
        }
      }
    }
  }

  tags = { Name = var.name }

  depends_on = [aws_iam_role_policy_attachment.own]
}
