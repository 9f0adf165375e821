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
  description = "The region that clients are led to while it can serve."
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

variable "stack_region" {
  description = "Where the CloudFormation stack is kept: in neither of the two, so that it can be changed while one is down. Route 53's own control plane is in us-east-1."
  type        = string
  default     = "us-east-1"
  nullable    = false

  validation {
    condition     = !contains([var.primary_region, var.secondary_region], var.stack_region)
    error_message = "stack_region: neither the primary nor the secondary region."
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

variable "zone_count" {
  description = "Zones of each region, as in the two regions."
  type        = number
  default     = 2
  nullable    = false

  validation {
    condition     = contains([2, 3], var.zone_count)
    error_message = "zone_count: 2 or 3."
  }
}

variable "health_check" {
  description = "How Route 53 sees a region: ready_path answers 200 while it can serve, writes included; live_path while its instances live. interval: 10 or 30 seconds; threshold: probes in a row that change its mind."
  type = object({
    ready_path = optional(string, "/readyz")
    live_path  = optional(string, "/livez")
    interval   = optional(number, 10)
    threshold  = optional(number, 3)
  })
  default  = {}
  nullable = false

  validation {
    condition     = startswith(var.health_check.ready_path, "/") && startswith(var.health_check.live_path, "/")
    error_message = "health_check: a path begins with a slash."
  }

  validation {
    condition     = contains([10, 30], var.health_check.interval) && var.health_check.threshold >= 1 && var.health_check.threshold <= 10
    error_message = "health_check: an interval of 10 or 30 seconds, a threshold of 1 to 10."
  }
}

variable "geolocation" {
  description = "Lead clients of secondary_country to the secondary region first, all others to the primary one. Of use once the secondary region can serve by itself."
  type = object({
    enabled           = optional(bool, false)
    primary_country   = optional(string, "KR")
    secondary_country = optional(string, "JP")
  })
  default  = {}
  nullable = false

  validation {
    condition     = can(regex("^[A-Z]{2}$", var.geolocation.primary_country)) && can(regex("^[A-Z]{2}$", var.geolocation.secondary_country)) && var.geolocation.primary_country != var.geolocation.secondary_country
    error_message = "geolocation: two different countries, of two capital letters each."
  }
}

variable "fenced_region" {
  description = "A region that no name may lead to, whatever it answers: it was lost, and its database is out of date. null: none."
  type        = string
  default     = null

  validation {
    condition     = var.fenced_region == null ? true : contains([var.primary_region, var.secondary_region], var.fenced_region)
    error_message = "fenced_region: the primary or the secondary region."
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
