variable "domain" {
  description = "The service's domain, whose hosted zone the primary region has made."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$", var.domain))
    error_message = "domain: a domain name in lower case, such as example.com, without a dot at the end."
  }
}

variable "primary_region" {
  description = "The region whose bucket the pages come from while it answers."
  type        = string
  default     = "ap-northeast-2"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.primary_region))
    error_message = "primary_region: a region's code, such as ap-northeast-2."
  }
}

variable "secondary_region" {
  description = "The region that stands in."
  type        = string
  default     = "ap-northeast-1"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.secondary_region)) && var.secondary_region != var.primary_region
    error_message = "secondary_region: the code of another region than the primary one, such as ap-northeast-1."
  }
}

variable "name" {
  description = "Prefix of every name, as in the two regions."
  type        = string
  default     = "scv"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,11}$", var.name)) && !endswith(var.name, "-")
    error_message = "name: 2 to 12 lower-case letters, digits and hyphens, beginning with a letter."
  }
}

variable "cdn" {
  description = "CloudFront. label: the first part of its name below the domain. price_class: which edge locations (PriceClass_200 has Korea and Japan). logs: who asked for what, into a bucket for log_days days. api_origin: the name that requests for the API go to; null: www of the domain, which leads to the region that can serve."
  type = object({
    enabled     = optional(bool, true)
    label       = optional(string, "cdn")
    price_class = optional(string, "PriceClass_200")
    api_origin  = optional(string)
    logs        = optional(bool, true)
    log_days    = optional(number, 90)
  })
  default  = {}
  nullable = false

  validation {
    condition     = can(regex("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", var.cdn.label)) && !contains(["www", "api", "vpn"], var.cdn.label)
    error_message = "cdn: a label of lower-case letters, digits and hyphens; www, api and vpn have another use."
  }

  validation {
    condition     = contains(["PriceClass_100", "PriceClass_200", "PriceClass_All"], var.cdn.price_class)
    error_message = "cdn: a price_class of PriceClass_100, PriceClass_200 or PriceClass_All."
  }

  validation {
    condition     = var.cdn.log_days >= 1 && var.cdn.log_days <= 3653
    error_message = "cdn: 1 to 3653 log_days."
  }
}

variable "pages_directory" {
  description = "The built pages (web/dist), to be uploaded to both buckets. A relative path counts from infra/edge. null: a pipeline uploads them."
  type        = string
  default     = null

  validation {
    condition     = var.pages_directory == null ? true : fileexists("${var.pages_directory}/index.html")
    error_message = "pages_directory: there is no index.html in it; ./scv build makes web/dist."
  }
}

variable "waf" {
  description = "The firewall in front of CloudFront. style: off; own: AWS's managed rules and a limit of requests per address in five minutes; given: the web ACL of web_acl_arn."
  type = object({
    style       = optional(string, "own")
    limit       = optional(number, 2000)
    count_only  = optional(bool, false)
    web_acl_arn = optional(string)
  })
  default  = {}
  nullable = false

  validation {
    condition     = contains(["off", "own", "given"], var.waf.style) && (var.waf.style == "given") == (var.waf.web_acl_arn != null)
    error_message = "waf: a style of off, own or given; web_acl_arn with given, and only then."
  }

  validation {
    condition     = var.waf.web_acl_arn == null ? true : can(regex("^arn:[a-z-]+:wafv2:us-east-1:[0-9]{12}:global/webacl/", var.waf.web_acl_arn))
    error_message = "waf: CloudFront's web ACLs are global ones of us-east-1."
  }

  validation {
    condition     = var.waf.limit >= 10 && var.waf.limit <= 2000000000
    error_message = "waf: a limit of 10 to 2,000,000,000 requests."
  }
}

variable "accelerator" {
  description = "Global Accelerator. label: the first part of its name below the domain, published unless publish is false. dials: the percentage of a region's share of traffic that it gets; 0 keeps a region for when no endpoint of another one is healthy (then the accelerator ignores the dials). affinity: keep a client's address at one endpoint. flow_logs: into a bucket, for log_days days."
  type = object({
    enabled   = optional(bool, true)
    label     = optional(string, "ga")
    publish   = optional(bool, true)
    affinity  = optional(bool, false)
    flow_logs = optional(bool, true)
    log_days  = optional(number, 30)
    dials     = optional(object({ primary = optional(number, 100), secondary = optional(number, 0) }), {})
  })
  default  = {}
  nullable = false

  validation {
    condition     = can(regex("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", var.accelerator.label)) && !contains(["www", "api", "vpn", var.cdn.label], var.accelerator.label)
    error_message = "accelerator: a label of lower-case letters, digits and hyphens; www, api, vpn and the CDN's have another use."
  }

  validation {
    condition     = alltrue([for dial in values(var.accelerator.dials) : dial >= 0 && dial <= 100])
    error_message = "accelerator: dials of 0 to 100 percent."
  }

  validation {
    condition     = var.accelerator.log_days >= 1 && var.accelerator.log_days <= 3653
    error_message = "accelerator: 1 to 3653 log_days."
  }
}

variable "force_destroy" {
  description = "Let destroy delete the buckets with everything in them."
  type        = bool
  default     = false
  nullable    = false
}

variable "certificate_timeout" {
  description = "How long to wait for the certificate. It waits in vain when the domain is not delegated."
  type        = string
  default     = "30m"
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]+[hms]$", var.certificate_timeout))
    error_message = "certificate_timeout: a number with h, m or s."
  }
}

variable "tags" {
  description = "Further tags of everything."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = length(var.tags) <= 30
    error_message = "tags: up to 30."
  }
}

variable "allowed_account_ids" {
  description = "Accounts that this may be applied to. null: any."
  type        = set(string)
  default     = null

  validation {
    condition     = var.allowed_account_ids == null ? true : alltrue([for id in var.allowed_account_ids : can(regex("^[0-9]{12}$", id))])
    error_message = "allowed_account_ids: numbers of 12 digits."
  }
}
