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
  zones = {
    for side, zones in data.aws_availability_zones.this :
    side => slice(sort(zones.names), 0, var.zone_count)
  }

  tables = merge([
    for side, zones in local.zones : {
      for place in setproduct(["was", "db"], zones) :
      "${place[0]} ${place[1]}" => { side = side, tier = place[0], zone = place[1] }
    }
  ]...)

  # Each tier's subnets lie in one /20 (infra/terraform/modules/network).
  places = { was = 2, db = 3 }
  across = { was = "db", db = "was" }
}

resource "aws_route" "peer" {
  for_each = local.tables

  region         = local.regions[each.value.side]
  route_table_id = one(data.aws_route_tables.this[each.key].ids)
  destination_cidr_block = cidrsubnet(
    data.aws_vpc.this[local.other[each.value.side]].cidr_block, 4, local.places[local.across[each.value.tier]]
  )
  vpc_peering_connection_id = aws_vpc_peering_connection_accepter.this.id
}
