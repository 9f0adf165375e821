# The domain: its hosted zone, the certificate, the public names and the private one. A region that
# is not the primary one needs nothing of the public zone, so that both can be applied at once: the
# certificate's names are the same everywhere, and so are the records that prove them.
locals {
  create_zone   = coalesce(var.create_zone, var.isPrimary)
  publish_names = coalesce(var.publish_names, var.isPrimary)
  needs_zone    = var.isPrimary || local.create_zone || local.publish_names

  zone_id = (
    !local.needs_zone ? null :
    local.create_zone ? aws_route53_zone.this[0].zone_id : data.aws_route53_zone.this[0].zone_id
  )

  public_names = { www = "www.${var.domain}", api = "api.${var.domain}" }

  certificate_names = concat(
    [local.public_names["www"], local.public_names["api"]],
    [for label in sort(var.certificate_labels) : "${label}.${var.domain}"],
  )
}

resource "aws_route53_zone" "this" {
  count = local.create_zone ? 1 : 0

  name          = var.domain
  comment       = "${var.name}: public names"
  force_destroy = var.force_destroy

  tags = { Name = var.domain }
}

data "aws_route53_zone" "this" {
  count = local.needs_zone && !local.create_zone ? 1 : 0

  name         = var.domain
  private_zone = false
}

module "certificate" {
  source = "./modules/certificate"

  domain            = var.domain
  alternative_names = local.certificate_names
  # The primary region proves the names for every region's certificate.
  validated_here     = var.isPrimary ? concat([var.domain], local.certificate_names) : []
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

# Names that only this region's VPC sees.
resource "aws_route53_zone" "private" {
  name          = "internal.${var.domain}"
  comment       = "${var.name}: private names in ${var.region}"
  force_destroy = var.force_destroy

  vpc {
    vpc_id = module.network.vpc_id
  }

  tags = { Name = "internal.${var.domain}" }
}

# This region's database, whichever DB instance that is: for people and their tools. memo connects to
# the instance's own name, which is the one in the server's certificate.
resource "aws_route53_record" "database" {
  zone_id = aws_route53_zone.private.zone_id
  name    = "db.internal.${var.domain}"
  type    = "CNAME"
  ttl     = 5
  records = [module.database.address]
}
