output "url" {
  description = "Where the service is, once the names are published."
  value       = "https://${local.public_names["www"]}/"
}

output "api_url" {
  description = "The API by its own name."
  value       = "https://${local.public_names["api"]}/"
}

output "release" {
  description = "The version that the fleets run."
  value       = local.release
}

output "name_servers" {
  description = "Name servers to delegate the domain to, at its registrar. Empty where the zone was looked up."
  value       = local.create_zone ? aws_route53_zone.this[0].name_servers : []
}

output "front" {
  description = "The front load balancer: its own name, the hosted zone of that, and its ARN."
  value       = { dns_name = module.front.dns_name, zone_id = module.front.zone_id, arn = module.front.arn }
}

output "back" {
  description = "The back load balancer: its own name, which nginx uses, and its ARN."
  value       = { dns_name = module.back.dns_name, arn = module.back.arn }
}

output "fleets" {
  description = "The auto scaling groups' names."
  value       = { web = module.web.group_name, was = module.was.group_name }
}

output "database" {
  description = "The database's own name (the other region's peer.database_address) and port, its role, and which secret has its credentials."
  value = {
    address   = module.database.address
    name      = aws_route53_record.database.name
    port      = module.database.port
    arn       = module.database.arn
    role      = local.database_role
    secret_id = local.secret.id
  }
}

output "buckets" {
  description = "The buckets of artifacts and logs."
  value       = { artifacts = module.artifacts.bucket, logs = module.logs.bucket }
}

output "network" {
  description = "VPC, subnets by tier, and the addresses that private instances leave by."
  value = {
    vpc_id        = module.network.vpc_id
    subnet_ids    = module.network.subnet_ids
    nat_addresses = module.network.nat_addresses
  }
}

output "vpn" {
  description = "The VPN: where clients connect to, and the secret that infra/vpn/pki publishes to. null: off."
  value       = one([for vpn in module.vpn : { address = vpn.address, secret_id = vpn.secret_id }])
}
