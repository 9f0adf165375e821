output "vpc_id" {
  description = "The VPC's id."
  value       = aws_vpc.this.id
}

output "subnet_ids" {
  description = "Tier (public, web, was, db) => the ids of its subnets, in the order of the zones."
  value = {
    for tier in local.tiers :
    tier => [for zone in var.zones : aws_subnet.this["${tier}-${zone}"].id]
  }

  # Who uses a subnet needs its way out as well: an instance's first act is a download.
  depends_on = [aws_route.internet, aws_route.nat, aws_route_table_association.this]
}

output "nat_addresses" {
  description = "Zone => the public address that its private subnets leave by."
  value       = { for zone, eip in aws_eip.nat : zone => eip.public_ip }
}

output "database_default_routes" {
  description = "Route tables of the database tier that have a default route. Always empty."
  value = [
    for key in concat(keys(aws_route.internet), keys(aws_route.nat)) :
    key if local.subnets[key].tier == "db"
  ]
}
