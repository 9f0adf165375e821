# What belongs to both regions: applied when both stand, with a state of its own, and destroyed before
# them. Nothing in it needs to be applied while a region is down: the names move by themselves.
provider "aws" {
  region              = var.stack_region
  allowed_account_ids = var.allowed_account_ids

  default_tags {
    tags = merge(var.tags, { Project = var.name, ManagedBy = "terraform" })
  }
}

locals {
  # The two ways across: WAS instances of one region to the database of the other one.
  regions = { primary = var.primary_region, secondary = var.secondary_region }
  other   = { primary = "secondary", secondary = "primary" }
}

data "aws_vpc" "this" {
  for_each = local.regions

  region = each.value
  tags   = { Name = var.name }
}

data "aws_availability_zones" "this" {
  for_each = local.regions

  region = each.value
  state  = "available"

  filter {
    name   = "opt-in-status"
    values = ["opt-in-not-required"]
  }
}

# One per region, tier and zone, by the names that infra/terraform/modules/network gives them.
data "aws_route_tables" "this" {
  for_each = local.tables

  region = local.regions[each.value.side]
  vpc_id = data.aws_vpc.this[each.value.side].id
  tags   = { Name = "${var.name}-${each.value.tier}-${each.value.zone}" }
}

data "aws_lb" "front" {
  for_each = local.regions

  region = each.value
  name   = "${var.name}-front"
}

data "aws_route53_zone" "this" {
  name         = var.domain
  private_zone = false
}
