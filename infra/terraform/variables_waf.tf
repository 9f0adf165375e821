# The web application firewall in front of the front load balancer.
variable "waf" {
  description = "style: off; own (rules of ours, modules/waf); or solution (AWS's Security Automations by CloudFormation, waf_solution). The rest is of style own. modes: protection → block, count or off, see docs/waf.md. client_address: forwarded when all traffic comes through a CDN. flood.limit: requests of an address in window_seconds. log.keep: all or notable."
  type = object({
    style          = optional(string, "off")
    modes          = optional(map(string), {})
    allow          = optional(set(string), [])
    deny           = optional(set(string), [])
    client_address = optional(string, "connection")
    honeypot_path  = optional(string, "/trap")
    flood = optional(object({
      limit          = optional(number, 1000)
      window_seconds = optional(number, 300)
    }), {})
    probes = optional(object({
      limit          = optional(number, 50)
      window_seconds = optional(number, 60)
      beginnings = optional(set(string), [
        "/.aws", "/.env", "/.git", "/.ssh", "/actuator", "/cgi-bin/", "/phpmyadmin", "/server-status",
        "/vendor/", "/wp-", "/xmlrpc",
      ])
      ends = optional(set(string), [".asp", ".aspx", ".jsp", ".php"])
    }), {})
    log = optional(object({
      retention_days = optional(number, 365)
      keep           = optional(string, "all")
      redact_query   = optional(bool, false)
    }), {})
  })
  default  = {}
  nullable = false

  validation {
    condition     = contains(["off", "own", "solution"], var.waf.style)
    error_message = "waf.style: off, own or solution."
  }

  # What style own leaves to modules/waf to judge would pass unseen with another style.
  validation {
    condition     = var.waf.style == "own" || length(var.waf.modes) + length(var.waf.allow) + length(var.waf.deny) == 0
    error_message = "waf: modes, allow and deny are of style own; the solution has waf_solution, and lists of its own."
  }
}

variable "waf_solution" {
  description = "AWS's solution Security Automations for AWS WAF (4.1): its template, and its parameters with its own defaults. latest in the URL can be replaced by a version, such as v4.1.3, to keep it. managed: AWS's groups besides, common, known_bad_inputs, ip_reputation, anonymous_ip, sqli. flood: rate (AWS WAF's own counting), lambda or athena (log parsers), off; scanners: lambda, athena, off. flood_limit: requests of an address in window_minutes; error_limit: bad requests a minute; block_minutes: how long the parsers refuse an address. allow_minutes, deny_minutes: how long an address stays on the manual lists, -1 for ever."
  type = object({
    template_url             = optional(string, "https://s3.amazonaws.com/solutions-reference/security-automations-for-aws-waf/latest/aws-waf-security-automations.template")
    managed                  = optional(set(string), [])
    sqli                     = optional(string, "yes")
    sqli_sensitivity         = optional(string, "LOW")
    xss                      = optional(string, "yes")
    flood                    = optional(string, "rate")
    flood_limit              = optional(number, 100)
    window_minutes           = optional(number, 5)
    scanners                 = optional(string, "lambda")
    error_limit              = optional(number, 50)
    block_minutes            = optional(number, 240)
    reputation               = optional(bool, true)
    bad_bot                  = optional(bool, true)
    allow_minutes            = optional(number, -1)
    deny_minutes             = optional(number, -1)
    expiry_email             = optional(string, "")
    log_retention_days       = optional(number, 365)
    bucket_has_access_log    = optional(bool, false)
    keep_logs_in_place       = optional(bool, true)
    athena_schedule_minutes  = optional(number, 5)
    athena_group_by          = optional(string, "None")
    flood_limit_of_countries = optional(map(number), {})
  })
  default  = {}
  nullable = false

  validation {
    condition     = can(regex("^https://[a-z0-9.-]+/[A-Za-z0-9./_-]+\\.template$", var.waf_solution.template_url))
    error_message = "waf_solution.template_url: an HTTPS address of a file .template in S3."
  }
}
