# Who asked for what: a bucket for CloudFront's access logs and one for the accelerator's flow logs.
locals {
  log_days = merge(
    var.cdn.enabled && var.cdn.logs ? { cdn = var.cdn.log_days } : {},
    var.accelerator.enabled && var.accelerator.flow_logs ? { accelerator = var.accelerator.log_days } : {},
  )
  log_buckets = { for what, _ in local.log_days : what => "${var.name}-${what}-logs-${local.account}" }
}

# Both are written by the log delivery service, for this account alone.
data "aws_iam_policy_document" "log_writers" {
  for_each = local.log_buckets

  statement {
    sid       = "Write"
    actions   = ["s3:PutObject"]
    resources = ["arn:${local.partition}:s3:::${each.value}/*"]

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
    sid       = "Look"
    actions   = ["s3:GetBucketAcl"]
    resources = ["arn:${local.partition}:s3:::${each.value}"]

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
  source   = "../terraform/modules/bucket"
  for_each = local.log_buckets

  bucket                 = each.value
  versioning             = true
  expire_days            = local.log_days[each.key]
  expire_noncurrent_days = 7
  writer_policy_json     = data.aws_iam_policy_document.log_writers[each.key].json
  force_destroy          = var.force_destroy
}
