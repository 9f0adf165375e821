# What stands in front of both regions: CloudFront with the pages in S3 and the API behind the front
# load balancers, and Global Accelerator with two fixed addresses. Applied last, when the regions and
# infra/global stand, with a state of its own; destroyed first, because an accelerator keeps network
# interfaces in the regions. Everything here can be switched off.
#
# CloudFront, its certificate, its firewall and its logs live in us-east-1; the API of Global
# Accelerator is in us-west-2, where the provider sends it by itself.
provider "aws" {
  region              = "us-east-1"
  allowed_account_ids = var.allowed_account_ids

  default_tags {
    tags = merge(var.tags, { Project = var.name, ManagedBy = "terraform" })
  }
}

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_route53_zone" "this" {
  count = local.publishes ? 1 : 0

  name         = var.domain
  private_zone = false
}

data "aws_lb" "front" {
  for_each = var.accelerator.enabled ? local.regions : {}

  region = each.value
  name   = "${var.name}-front"
}

locals {
  account   = data.aws_caller_identity.current.account_id
  partition = data.aws_partition.current.partition
  regions   = { primary = var.primary_region, secondary = var.secondary_region }

  cdn_host         = "${var.cdn.label}.${var.domain}"
  accelerator_host = "${var.accelerator.label}.${var.domain}"
  publishes        = var.cdn.enabled || (var.accelerator.enabled && var.accelerator.publish)
  zone_id          = local.publishes ? data.aws_route53_zone.this[0].zone_id : null
}
