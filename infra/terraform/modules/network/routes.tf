# A route table per subnet, so that a zone's way out can be changed without touching another's.
resource "aws_route_table" "this" {
  for_each = local.subnets

  vpc_id = aws_vpc.this.id

  tags = {
    Name = "${var.name}-${each.key}"
    Tier = each.value.tier
  }
}

resource "aws_route_table_association" "this" {
  for_each = local.subnets

  subnet_id      = aws_subnet.this[each.key].id
  route_table_id = aws_route_table.this[each.key].id
}

resource "aws_route" "internet" {
  for_each = toset([for key, subnet in local.subnets : key if subnet.tier == "public"])

  route_table_id         = aws_route_table.this[each.key].id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.this.id
}

# The database's tables have no entry here: they reach the VPC and nothing else.
resource "aws_route" "nat" {
  for_each = toset(local.private_tiers)

  route_table_id         = aws_route_table.this[each.key].id
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id = aws_nat_gateway.this[
    var.single_nat_gateway ? var.zones[0] : local.subnets[each.key].zone
  ].id
}

# Artifacts come from S3 without passing (and paying) the NAT gateway.
resource "aws_vpc_endpoint" "s3" {
  vpc_id            = aws_vpc.this.id
  service_name      = "com.amazonaws.${var.region}.s3"
  vpc_endpoint_type = "Gateway"
  route_table_ids   = [for key in local.private_tiers : aws_route_table.this[key].id]

  tags = { Name = "${var.name}-s3" }
}
