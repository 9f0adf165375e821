# One VPC over two or three zones. Four tiers of subnets, each with its own way out:
#   public  the internet gateway; load balancers and NAT gateways
#   web     NAT; the nginx fleet
#   was     NAT; the memo fleet
#   db      none at all
locals {
  tiers = ["public", "web", "was", "db"]

  # "web-ap-northeast-2a" => where it is and which /24 it has: tier 0 starts at .0, tier 1 at .16, …
  subnets = {
    for place in setproduct(range(length(local.tiers)), range(length(var.zones))) :
    "${local.tiers[place[0]]}-${var.zones[place[1]]}" => {
      tier = local.tiers[place[0]]
      zone = var.zones[place[1]]
      cidr = cidrsubnet(var.vpc_cidr, 8, place[0] * 16 + place[1])
    }
  }

  nat_zones     = var.single_nat_gateway ? slice(var.zones, 0, 1) : var.zones
  private_tiers = [for key, subnet in local.subnets : key if contains(["web", "was"], subnet.tier)]
}

resource "aws_vpc" "this" {
  cidr_block           = var.vpc_cidr
  enable_dns_support   = true
  enable_dns_hostnames = true

  tags = { Name = var.name }
}

# Nobody may use the VPC's own security group by accident: it has no rules.
resource "aws_default_security_group" "this" {
  vpc_id = aws_vpc.this.id

  tags = { Name = "${var.name}-default-unused" }
}

resource "aws_subnet" "this" {
  for_each = local.subnets

  vpc_id                  = aws_vpc.this.id
  availability_zone       = each.value.zone
  cidr_block              = each.value.cidr
  map_public_ip_on_launch = false

  tags = {
    Name = "${var.name}-${each.key}"
    Tier = each.value.tier
  }
}

resource "aws_internet_gateway" "this" {
  vpc_id = aws_vpc.this.id

  tags = { Name = var.name }
}

resource "aws_eip" "nat" {
  for_each = toset(local.nat_zones)

  domain = "vpc"

  tags = { Name = "${var.name}-nat-${each.key}" }

  depends_on = [aws_internet_gateway.this]
}

resource "aws_nat_gateway" "this" {
  for_each = toset(local.nat_zones)

  allocation_id = aws_eip.nat[each.key].id
  subnet_id     = aws_subnet.this["public-${each.key}"].id

  tags = { Name = "${var.name}-${each.key}" }

  depends_on = [aws_internet_gateway.this]
}

resource "aws_flow_log" "this" {
  vpc_id                   = aws_vpc.this.id
  traffic_type             = "ALL"
  log_destination_type     = "s3"
  log_destination          = var.flow_log_destination
  max_aggregation_interval = 600

  tags = { Name = var.name }
}
