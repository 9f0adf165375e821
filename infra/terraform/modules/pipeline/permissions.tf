# Who may do what. A build runs whatever the source says: it may publish packages of its own
# component, and cannot make any instance install them; only the pipeline moves the channel.
locals {
  services = merge(
    { pipeline = "codepipeline", build = "codebuild", deploy = "codedeploy" },
    local.has_rule ? { events = "events" } : {},
  )
  policies = merge(
    { pipeline = data.aws_iam_policy_document.pipeline.json, build = data.aws_iam_policy_document.build.json },
    local.has_rule ? { events = data.aws_iam_policy_document.events[0].json } : {},
  )
  arn = "${var.place.region}:${var.place.account}"
}

data "aws_iam_policy_document" "assume" {
  for_each = local.services

  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["${each.value}.${var.place.dns_suffix}"]
    }

    # On behalf of this account alone.
    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [var.place.account]
    }
  }
}

resource "aws_iam_role" "this" {
  for_each = local.services

  name               = "${var.name}-${each.key}-${var.place.region}"
  description        = "${each.value} of the pipeline ${var.name}"
  assume_role_policy = data.aws_iam_policy_document.assume[each.key].json

  tags = { Name = "${var.name}-${each.key}" }
}

resource "aws_iam_policy" "this" {
  for_each = local.policies

  name        = "${var.name}-${each.key}-${var.place.region}"
  description = "What ${each.key} of the pipeline ${var.name} may do"
  policy      = each.value

  tags = { Name = "${var.name}-${each.key}" }
}

resource "aws_iam_role_policy_attachment" "own" {
  for_each = local.policies

  role       = aws_iam_role.this[each.key].name
  policy_arn = aws_iam_policy.this[each.key].arn
}

# AWS's own policy: what CodeDeploy asks of EC2, Auto Scaling and load balancers knows no resources.
resource "aws_iam_role_policy_attachment" "deploy" {
  role       = aws_iam_role.this["deploy"].name
  policy_arn = "arn:${var.place.partition}:iam::aws:policy/service-role/AWSCodeDeployRole"
}

data "aws_iam_policy_document" "store" {
  statement {
    sid       = "LookAtTheStore"
    actions   = ["s3:GetBucketAcl", "s3:GetBucketLocation", "s3:GetBucketVersioning"]
    resources = [var.store.arn]
  }

  statement {
    sid       = "HandOn"
    actions   = ["s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"]
    resources = ["${var.store.arn}/${local.store_prefix}/*"]
  }

  statement {
    sid       = "Encrypt"
    actions   = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey"]
    resources = [var.key_arn]
  }
}

data "aws_iam_policy_document" "pipeline" {
  source_policy_documents = [data.aws_iam_policy_document.store.json]

  dynamic "statement" {
    for_each = var.source_code.kind == "codecommit" ? [var.source_code.repository_arn] : []

    content {
      sid       = "ReadTheRepository"
      actions   = ["codecommit:CancelUploadArchive", "codecommit:GetBranch", "codecommit:GetCommit", "codecommit:GetUploadArchiveStatus", "codecommit:UploadArchive"]
      resources = [statement.value]
    }
  }

  dynamic "statement" {
    for_each = var.source_code.kind == "s3" ? ["${var.store.arn}/${var.source_code.object_key}"] : []

    content {
      sid       = "ReadTheSourceObject"
      actions   = ["s3:GetObject", "s3:GetObjectTagging", "s3:GetObjectVersion", "s3:GetObjectVersionTagging"]
      resources = [statement.value]
    }
  }

  dynamic "statement" {
    for_each = var.source_code.kind == "codeconnections" ? [var.source_code.connection_arn] : []

    content {
      sid       = "UseTheConnection"
      actions   = ["codeconnections:UseConnection", "codestar-connections:UseConnection"]
      resources = [statement.value]
    }
  }

  statement {
    sid       = "Build"
    actions   = ["codebuild:BatchGetBuilds", "codebuild:StartBuild"]
    resources = [for architecture in var.architectures : "arn:${var.place.partition}:codebuild:${local.arn}:project/${var.name}-${architecture}"]
  }

  statement {
    sid     = "Deploy"
    actions = ["codedeploy:CreateDeployment", "codedeploy:GetApplication", "codedeploy:GetApplicationRevision", "codedeploy:GetDeployment", "codedeploy:GetDeploymentConfig", "codedeploy:RegisterApplicationRevision"]
    resources = [
      "arn:${var.place.partition}:codedeploy:${local.arn}:application:${var.name}",
      "arn:${var.place.partition}:codedeploy:${local.arn}:deploymentgroup:${var.name}/fleet",
      "arn:${var.place.partition}:codedeploy:${local.arn}:deploymentconfig:${local.deployment_config}",
    ]
  }

  statement {
    sid       = "MoveTheChannel"
    actions   = ["s3:PutObject", "s3:PutObjectAcl", "s3:PutObjectVersionAcl"]
    resources = ["${var.releases.arn}/${local.channel}/*"]
  }

  dynamic "statement" {
    for_each = var.approval.enabled && var.topic != null ? [var.topic.arn] : []

    content {
      sid       = "AskForApproval"
      actions   = ["sns:Publish"]
      resources = [statement.value]
    }
  }
}

data "aws_iam_policy_document" "build" {
  source_policy_documents = [data.aws_iam_policy_document.store.json]

  statement {
    sid       = "Log"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.build.arn}:*"]
  }

  statement {
    sid       = "Cache"
    actions   = ["s3:GetObject", "s3:PutObject"]
    resources = ["${var.store.arn}/cache/${var.name}-*"]
  }

  statement {
    sid       = "PublishPackages"
    actions   = ["s3:PutObject"]
    resources = ["${var.releases.arn}/releases/*/${local.package}_*"]
  }
}

data "aws_iam_policy_document" "events" {
  count = local.has_rule ? 1 : 0

  statement {
    sid       = "StartThePipeline"
    actions   = ["codepipeline:StartPipelineExecution"]
    resources = ["arn:${var.place.partition}:codepipeline:${local.arn}:${var.name}"]
  }
}
