# Global Accelerator: two addresses that stay the same, whichever region serves. Its endpoints are the
# front load balancers, which keep the certificate; their health is the accelerator's.
module "accelerator" {
  source = "./modules/accelerator"
  count  = var.accelerator.enabled ? 1 : 0

  name = var.name
  endpoints = {
    for side, region in local.regions : side => {
      region            = region
      load_balancer_arn = data.aws_lb.front[side].arn
      dial              = var.accelerator.dials[side]
    }
  }
  affinity = var.accelerator.affinity
  logs     = var.accelerator.flow_logs ? { bucket = module.logs["accelerator"].bucket } : null
}

resource "aws_route53_record" "accelerator" {
  count = var.accelerator.enabled && var.accelerator.publish ? 1 : 0

  zone_id = local.zone_id
  name    = local.accelerator_host
  type    = "A"

  alias {
    name                   = module.accelerator[0].dns_name
    zone_id                = module.accelerator[0].hosted_zone_id
    evaluate_target_health = true
  }
}
