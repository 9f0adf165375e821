# The domain: its hosted zone, the certificate, and the names that lead to the load balancers.
locals {
  create_zone   = coalesce(var.create_zone, var.isPrimary)
  publish_names = coalesce(var.publish_names, var.isPrimary)

  zone_id = local.create_zone ? aws_route53_zone.this[0].zone_id : data.aws_route53_zone.this[0].zone_id

  public_names = { www = "www.${var.domain}", api = "api.${var.domain}" }
  # Where nginx finds the back load balancer. The region is in the name: each has its own.
  back_name = "was.${var.region}.${var.domain}"
}

resource "aws_route53_zone" "this" {
  count = local.create_zone ? 1 : 0

  name          = var.domain
  comment       = "${var.name}: public names"
  force_destroy = var.force_destroy

  tags = { Name = var.domain }
}

data "aws_route53_zone" "this" {
  count = local.create_zone ? 0 : 1

  name         = var.domain
  private_zone = false
}

module "certificate" {
  source = "./modules/certificate"

  domain             = var.domain
  alternative_names  = [local.public_names["www"], local.public_names["api"], local.back_name]
  validated_here     = concat(local.publish_names ? [var.domain, local.public_names["www"], local.public_names["api"]] : [], [local.back_name])
  zone_id            = local.zone_id
  validation_timeout = var.certificate_timeout
}

resource "aws_route53_record" "public" {
  for_each = local.publish_names ? local.public_names : {}

  zone_id = local.zone_id
  name    = each.value
  type    = "A"

  alias {
    name                   = module.front.dns_name
    zone_id                = module.front.zone_id
    evaluate_target_health = true
  }
}

resource "aws_route53_record" "back" {
  zone_id = local.zone_id
  name    = local.back_name
  type    = "A"

  alias {
    name                   = module.back.dns_name
    zone_id                = module.back.zone_id
    evaluate_target_health = false
  }
}
