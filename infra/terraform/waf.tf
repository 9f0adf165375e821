# The web application firewall: nothing, rules of our own, or AWS's Security Automations. Only clients'
# requests pass it, at the front load balancer; health checks and the back load balancer do not.
module "waf_key" {
  source = "./modules/key"
  count  = var.waf.style == "own" ? 1 : 0

  alias                   = "${var.name}-waf"
  description             = "${var.name}: the log of the web application firewall"
  account_arn_root        = "arn:${local.partition}:iam::${local.account}:root"
  deletion_window_in_days = var.key_deletion_days
  log_groups = {
    arn     = "arn:${local.partition}:logs:${var.region}:${local.account}:log-group:aws-waf-logs-${var.name}"
    service = "logs.${var.region}.${data.aws_partition.current.dns_suffix}"
  }
}

module "waf" {
  source = "./modules/waf"
  count  = var.waf.style == "own" ? 1 : 0

  name           = var.name
  modes          = var.waf.modes
  allow          = var.waf.allow
  deny           = var.waf.deny
  client_address = var.waf.client_address
  flood          = var.waf.flood
  honeypot_path  = var.waf.honeypot_path
  log            = merge(var.waf.log, { kms_key_arn = module.waf_key[0].arn })

  # What nginx and memo have; OPTIONS is what a browser asks before it asks.
  methods = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]
  probes = merge(var.waf.probes, {
    known_exact = [
      "/", "/boot.js", "/favicon.ico", "/healthz", "/icon.svg", "/index.html", "/livez",
      "/manifest.webmanifest", "/new", "/readyz", "/robots.txt", "/sw.js", "/trash",
    ]
    known_prefixes = ["/api/v1/", "/assets/", "/m/", "/trash/"]
  })

  # Memos are free text, and so is what one looks for among them. An import may have 256 MiB.
  free_text       = { body_prefix = "/api/v1/", query_path = "/api/v1/memos" }
  large_body_path = "/api/v1/import"
}

# The original's way. Its parsers read the front load balancer's access log in the logs bucket: the
# solution adds a notification to that bucket, which Terraform therefore leaves alone.
module "waf_solution" {
  source = "./modules/waf_solution"
  count  = var.waf.style == "solution" ? 1 : 0

  name     = "${var.name}-waf"
  bucket   = module.logs.bucket
  prefix   = "front/AWSLogs/"
  settings = var.waf_solution
}

resource "aws_wafv2_web_acl_association" "front" {
  count = var.waf.style == "off" ? 0 : 1

  resource_arn = module.front.arn
  web_acl_arn  = one(concat(module.waf[*].arn, module.waf_solution[*].arn))
}
