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

# Who may write to the bucket of logs. What else the two writers insist on is in modules/bucket and
# main.tf: the bucket is in their region and this account; its encryption is S3's own (load balancers
# refuse one with a KMS key); objects belong to the bucket's owner, so no grant asks for an ACL; and
# whoever uses the bucket's name waits for this policy, because both writers try it when they are told.
data "aws_iam_policy_document" "log_writers" {
  # Access logs of the load balancers: PREFIX/AWSLogs/ACCOUNT/…, every five minutes per node, and
  # ELBAccessLogTestFile at once. AWS adds the middle, so a prefix itself must not contain "AWSLogs".
  #   s3:PutObject         they only add files, each under a name of its own. They need nothing else: not
  #                        to list, not to read, not the bucket's ACL.
  #   the AWS principal    the region's account of Elastic Load Balancing. The way of the regions from
  #                        before August 2022, Seoul and Tokyo among them; still supported.
  #   the Service          the way of the newer regions, by now AWS's advice for all. Both may stand.
  #   the account's number in the path is what keeps other accounts' load balancers out: AWS writes
  #                        each log below its owner's number. A condition on aws:SourceArn or
  #                        aws:SourceAccount would be no addition: calls of an account's principal have
  #                        neither key, and the grant to the service is documented without.
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

  # Flow logs of the VPC come from the service that delivers for all of CloudWatch Logs, on behalf of
  # any account: the condition makes it this account's, so that nobody can have theirs written here.
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

  # It looks whether the bucket is as it should be before it writes.
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
