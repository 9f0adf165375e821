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

data "aws_route_tables" "was" {
  for_each = local.regions

  region = each.value
  vpc_id = data.aws_vpc.this[each.key].id
  tags   = { Tier = "was" }
}

data "aws_route_tables" "db" {
  for_each = local.regions

  region = each.value
  vpc_id = data.aws_vpc.this[each.key].id
  tags   = { Tier = "db" }
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
