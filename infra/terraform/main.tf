# One region of the service: clients → front load balancer → web (nginx) → back load balancer →
# WAS (memo) → database. names.tf has DNS and certificate, fleets.tf the instances, database.tf the
# database and its secret, storage.tf the buckets.
data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_availability_zones" "available" {
  state = "available"

  # No local zones: they lack half of what is used here.
  filter {
    name   = "opt-in-status"
    values = ["opt-in-not-required"]
  }
}

locals {
  account   = data.aws_caller_identity.current.account_id
  partition = data.aws_partition.current.partition
  zones     = slice(sort(data.aws_availability_zones.available.names), 0, var.zone_count)

  vpc_cidr = coalesce(var.vpc_cidr, lookup({
    "ap-northeast-2" = "10.10.0.0/16"
    "ap-northeast-1" = "10.20.0.0/16"
  }, var.region, "10.30.0.0/16"))

  # Each tier's subnets lie in one /20 (modules/network), the other region's, too.
  peer_tiers = var.peer == null ? null : {
    was = cidrsubnet(var.peer.vpc_cidr, 4, 2)
    db  = cidrsubnet(var.peer.vpc_cidr, 4, 3)
  }

  tags = merge(var.tags, { Project = var.name, ManagedBy = "terraform" })
}

module "network" {
  source = "./modules/network"

  name                 = var.name
  region               = var.region
  vpc_cidr             = local.vpc_cidr
  zones                = local.zones
  single_nat_gateway   = var.single_nat_gateway
  flow_log_destination = "${module.logs.arn}/vpc"
}

module "security" {
  source = "./modules/security"

  name          = var.name
  vpc_id        = module.network.vpc_id
  client_cidrs  = var.client_cidrs
  web_port      = var.web.port
  was_port      = var.was.port
  database_port = var.database.port
  peer          = local.peer_tiers
}

module "front" {
  source = "./modules/load_balancer"

  name                      = "${var.name}-front"
  internal                  = false
  vpc_id                    = module.network.vpc_id
  subnet_ids                = module.network.subnet_ids["public"]
  security_group_id         = module.security.group_ids["front_alb"]
  certificate_arn           = module.certificate.arn
  ssl_policy                = var.ssl_policy
  strict_transport_security = var.strict_transport_security
  redirect_http             = true
  access_logs               = { bucket = module.logs.bucket, prefix = "front" }
  target_port               = var.web.port
  # nginx answers this itself: a back end in trouble must not cost web instances.
  health_check         = merge(var.health_check, { path = "/healthz" })
  deregistration_delay = var.deregistration_delay
  idle_timeout         = 60
  deletion_protection  = var.deletion_protection
}

module "back" {
  source = "./modules/load_balancer"

  name              = "${var.name}-back"
  internal          = true
  vpc_id            = module.network.vpc_id
  subnet_ids        = module.network.subnet_ids["web"]
  security_group_id = module.security.group_ids["back_alb"]
  certificate_arn   = module.certificate.arn
  ssl_policy        = var.ssl_policy
  redirect_http     = false
  access_logs       = { bucket = module.logs.bucket, prefix = "back" }
  target_port       = var.was.port
  # The process alone, not its database: an outage of the database must not kill the fleet.
  health_check         = merge(var.health_check, { path = "/livez" })
  deregistration_delay = var.deregistration_delay
  idle_timeout         = 60
  deletion_protection  = var.deletion_protection
}

check "database_has_no_way_out" {
  assert {
    condition     = length(module.network.database_default_routes) == 0
    error_message = "Route tables of the database subnets have a default route: ${join(", ", module.network.database_default_routes)}."
  }
}
