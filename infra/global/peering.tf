# A path between the two VPCs, for the one question that crosses it: whether the other region's
# database has a transaction yet (durability: global). RDS's own replication does not need it.
resource "aws_vpc_peering_connection" "this" {
  region      = var.primary_region
  vpc_id      = data.aws_vpc.this["primary"].id
  peer_vpc_id = data.aws_vpc.this["secondary"].id
  peer_region = var.secondary_region

  tags = { Name = "${var.name}-${var.primary_region}-${var.secondary_region}" }
}

resource "aws_vpc_peering_connection_accepter" "this" {
  region                    = var.secondary_region
  vpc_peering_connection_id = aws_vpc_peering_connection.this.id
  auto_accept               = true

  tags = { Name = "${var.name}-${var.primary_region}-${var.secondary_region}" }
}

locals {
  # "primary was 0" => from which table to which of the other region's tiers. Each tier's subnets lie
  # in one /20 (infra/terraform/modules/network).
  routes = merge([
    for side, other in local.other : merge(
      {
        for place in range(var.zone_count) : "${side} was ${place}" => {
          side  = side
          table = sort(data.aws_route_tables.was[side].ids)[place]
          cidr  = cidrsubnet(data.aws_vpc.this[other].cidr_block, 4, 3)
        }
      },
      {
        for place in range(var.zone_count) : "${side} db ${place}" => {
          side  = side
          table = sort(data.aws_route_tables.db[side].ids)[place]
          cidr  = cidrsubnet(data.aws_vpc.this[other].cidr_block, 4, 2)
        }
      },
    )
  ]...)
}

resource "aws_route" "peer" {
  for_each = local.routes

  region                    = local.regions[each.value.side]
  route_table_id            = each.value.table
  destination_cidr_block    = each.value.cidr
  vpc_peering_connection_id = aws_vpc_peering_connection_accepter.this.id
}
