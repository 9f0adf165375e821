# CloudFront: the pages from a bucket in either region, the API from the region that can serve.
module "pages" {
  source   = "./modules/pages"
  for_each = var.cdn.enabled ? local.regions : {}

  bucket           = "${var.name}-pages-${local.account}-${each.value}"
  region           = each.value
  distribution_arn = module.distribution[0].arn
  pages_directory  = var.pages_directory
  force_destroy    = var.force_destroy
}

module "certificate" {
  source = "../terraform/modules/certificate"
  count  = var.cdn.enabled ? 1 : 0

  domain             = local.cdn_host
  alternative_names  = []
  validated_here     = [local.cdn_host]
  zone_id            = local.zone_id
  validation_timeout = var.certificate_timeout
}

module "distribution" {
  source = "./modules/distribution"
  count  = var.cdn.enabled ? 1 : 0

  name            = var.name
  host            = local.cdn_host
  certificate_arn = module.certificate[0].arn
  # By name and not by the module's output, which waits for the bucket's policy, which names the
  # distribution.
  pages = {
    for side, region in local.regions : side => "${var.name}-pages-${local.account}-${region}.s3.${region}.amazonaws.com"
  }
  api_host    = coalesce(var.cdn.api_origin, "www.${var.domain}")
  price_class = var.cdn.price_class
  web_acl_arn = var.waf.style == "own" ? aws_wafv2_web_acl.this[0].arn : var.waf.web_acl_arn
  logs        = var.cdn.logs ? { bucket_arn = module.logs["cdn"].arn } : null
}

resource "aws_route53_record" "cdn" {
  for_each = var.cdn.enabled ? toset(["A", "AAAA"]) : toset([])

  zone_id = local.zone_id
  name    = local.cdn_host
  type    = each.value

  alias {
    name                   = module.distribution[0].domain_name
    zone_id                = module.distribution[0].hosted_zone_id
    evaluate_target_health = false # CloudFront has no health of its own
  }
}
