output "cdn" {
  description = "CloudFront: where it answers, its id (for invalidations) and its own name. null: off."
  value = one([for distribution in module.distribution : {
    url         = "https://${local.cdn_host}/"
    id          = distribution.id
    domain_name = distribution.domain_name
    buckets     = { for side, pages in module.pages : side => pages.bucket }
  }])
}

output "accelerator" {
  description = "Global Accelerator: its two addresses and its name. null: off."
  value = one([for accelerator in module.accelerator : {
    addresses = accelerator.addresses
    dns_name  = accelerator.dns_name
    name      = var.accelerator.publish ? local.accelerator_host : null
  }])
}
