# Two buckets: what the instances run, and what load balancers and network write down.
locals {
  artifacts_bucket = "${var.name}-artifacts-${local.account}-${var.region}"
  logs_bucket      = "${var.name}-logs-${local.account}-${var.region}"
  logs_arn         = "arn:${local.partition}:s3:::${local.logs_bucket}"
}

module "artifacts" {
  source = "./modules/bucket"

  bucket                 = local.artifacts_bucket
  versioning             = true
  expire_noncurrent_days = 90
  force_destroy          = var.force_destroy
}

# Every release in the directory, not only the newest: a fleet that rolls back needs the one before.
resource "aws_s3_object" "artifact" {
  for_each = var.artifacts_directory == null ? toset([]) : fileset(var.artifacts_directory, "releases/**/*.deb")

  bucket             = module.artifacts.bucket
  key                = each.value
  source             = abspath("${var.artifacts_directory}/${each.value}")
  source_hash        = filesha256("${var.artifacts_directory}/${each.value}")
  content_type       = "application/vnd.debian.binary-package"
  checksum_algorithm = "SHA256"
}

data "aws_elb_service_account" "this" {}

data "aws_iam_policy_document" "log_writers" {
  statement {
    sid       = "LoadBalancers"
    actions   = ["s3:PutObject"]
    resources = [for prefix in ["front", "back"] : "${local.logs_arn}/${prefix}/AWSLogs/${local.account}/*"]

    principals {
      type        = "AWS"
      identifiers = [data.aws_elb_service_account.this.arn]
    }

    principals {
      type        = "Service"
      identifiers = ["logdelivery.elasticloadbalancing.${data.aws_partition.current.dns_suffix}"]
    }
  }

  statement {
    sid       = "FlowLogs"
    actions   = ["s3:PutObject"]
    resources = ["${local.logs_arn}/vpc/AWSLogs/${local.account}/*"]

    principals {
      type        = "Service"
      identifiers = ["delivery.logs.${data.aws_partition.current.dns_suffix}"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account]
    }
  }

  statement {
    sid       = "FlowLogsLook"
    actions   = ["s3:GetBucketAcl"]
    resources = [local.logs_arn]

    principals {
      type        = "Service"
      identifiers = ["delivery.logs.${data.aws_partition.current.dns_suffix}"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account]
    }
  }
}

module "logs" {
  source = "./modules/bucket"

  bucket                 = local.logs_bucket
  versioning             = true
  expire_days            = var.log_retention_days
  expire_noncurrent_days = 7
  writer_policy_json     = data.aws_iam_policy_document.log_writers.json
  force_destroy          = var.force_destroy
}
