# The three that differ from region to region.
variable "region" {
  description = "The region to stand up."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region: a region's code, such as ap-northeast-2 (Seoul) or ap-northeast-1 (Tokyo)."
  }

  # One region's variables on another region's state would plan to replace everything.
  validation {
    condition     = contains(["default", var.region], terraform.workspace)
    error_message = "region: the workspace is another region's. Workspaces are named by the region: terraform workspace select -or-create ${var.region}"
  }
}

variable "domain" {
  description = "The service's domain: www. and api. of it lead to the service."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$", var.domain))
    error_message = "domain: a domain name in lower case, such as example.com, without a dot at the end."
  }
}

variable "isPrimary" {
  description = "Whether this region leads: it makes the hosted zone, the certificates' proofs, the secret and, unless the global root has them, the public names. Exactly one region does."
  type        = bool
  nullable    = false
}

# Everything else has a default.
variable "name" {
  description = "Prefix of every name."
  type        = string
  default     = "scv"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,11}$", var.name)) && !endswith(var.name, "-")
    error_message = "name: 2 to 12 lower-case letters, digits and hyphens, beginning with a letter."
  }
}

variable "tags" {
  description = "Further tags of everything."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = length(var.tags) <= 30 && alltrue([for key in keys(var.tags) : can(regex("^[A-Za-z][A-Za-z0-9_.-]{0,62}$", key))])
    error_message = "tags: up to 30, with keys of letters, digits, _ . and -, as instance metadata can show them."
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

# --- Network ----------------------------------------------------------------------------------------

variable "vpc_cidr" {
  description = "The VPC's addresses. null: 10.10.0.0/16 in Seoul, 10.20.0.0/16 in Tokyo, 10.30.0.0/16 elsewhere. Two regions must not overlap."
  type        = string
  default     = null

  validation {
    condition     = var.vpc_cidr == null ? true : can(cidrnetmask(var.vpc_cidr)) && endswith(var.vpc_cidr, "/16")
    error_message = "vpc_cidr: an IPv4 prefix of length 16, such as 10.10.0.0/16."
  }
}

variable "zone_count" {
  description = "How many availability zones to use."
  type        = number
  default     = 2
  nullable    = false

  validation {
    condition     = contains([2, 3], var.zone_count)
    error_message = "zone_count: 2 or 3; a load balancer needs two."
  }
}

variable "single_nat_gateway" {
  description = "One NAT gateway for all zones, which saves money, in place of one per zone, which survives the loss of a zone."
  type        = bool
  default     = false
  nullable    = false
}

variable "client_cidrs" {
  description = "Who may reach the front load balancer."
  type        = set(string)
  default     = ["0.0.0.0/0"]
  nullable    = false

  validation {
    condition     = length(var.client_cidrs) > 0 && alltrue([for cidr in var.client_cidrs : can(cidrnetmask(cidr))])
    error_message = "client_cidrs: at least one IPv4 prefix."
  }
}

# --- Names ------------------------------------------------------------------------------------------

variable "create_zone" {
  description = "Make the public hosted zone of the domain, in place of looking it up. null: only where isPrimary."
  type        = bool
  default     = null
}

variable "publish_names" {
  description = "Make the records www. and api. here. null: only where isPrimary."
  type        = bool
  default     = null
}

variable "certificate_labels" {
  description = "First parts of further names below the domain that the load balancers answer for by TLS, the same in both regions: \"ga\" where infra/edge publishes the accelerator."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(var.certificate_labels) <= 7 && alltrue([for label in var.certificate_labels : can(regex("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", label)) && !contains(["www", "api"], label)])
    error_message = "certificate_labels: up to 7 labels of lower-case letters, digits and hyphens; www and api are there anyway."
  }
}

variable "certificate_timeout" {
  description = "How long to wait for the certificate. It waits in vain while the domain is not delegated to the hosted zone."
  type        = string
  default     = "30m"
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]+[hms]$", var.certificate_timeout))
    error_message = "certificate_timeout: a number with h, m or s."
  }
}

# --- Load balancers ---------------------------------------------------------------------------------

variable "ssl_policy" {
  description = "TLS versions and ciphers of both load balancers."
  type        = string
  default     = "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"
  nullable    = false

  validation {
    condition     = can(regex("^ELBSecurityPolicy-TLS13-1-[23]-", var.ssl_policy))
    error_message = "ssl_policy: one of the TLS 1.3 policies that allow nothing below TLS 1.2."
  }
}

variable "strict_transport_security" {
  description = "Strict-Transport-Security of every answer: browsers use HTTPS only, for this long."
  type        = string
  default     = "max-age=31536000; includeSubDomains"
  nullable    = false

  validation {
    condition     = can(regex("^max-age=[0-9]+", var.strict_transport_security))
    error_message = "strict_transport_security begins with max-age= and a number of seconds."
  }
}

variable "health_check" {
  description = "How often load balancers ask their targets, in seconds, and how many answers change their mind."
  type = object({
    interval            = optional(number, 10)
    timeout             = optional(number, 3)
    healthy_threshold   = optional(number, 2)
    unhealthy_threshold = optional(number, 3)
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.health_check.timeout < var.health_check.interval
    error_message = "health_check: the timeout is below the interval."
  }
}

variable "deregistration_delay" {
  description = "Seconds that requests under way get before an instance that leaves is cut off."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = var.deregistration_delay >= 0 && var.deregistration_delay <= 3600
    error_message = "deregistration_delay: 0 to 3600."
  }
}

# --- Protection against ourselves -------------------------------------------------------------------

variable "deletion_protection" {
  description = "Refuse to delete load balancers and database. Set it to false and apply before you destroy."
  type        = bool
  default     = true
  nullable    = false
}

variable "force_destroy" {
  description = "Let destroy delete buckets with what is in them, fleets without waiting for their instances, and a zone with foreign records."
  type        = bool
  default     = false
  nullable    = false
}

variable "secret_recovery_days" {
  description = "Days for which a deleted secret can be restored, and its name stays taken. 0: gone at once."
  type        = number
  default     = 7
  nullable    = false

  validation {
    condition     = var.secret_recovery_days == 0 || (var.secret_recovery_days >= 7 && var.secret_recovery_days <= 30)
    error_message = "secret_recovery_days: 0, or 7 to 30."
  }
}

variable "key_deletion_days" {
  description = "Days for which a deleted key can be saved, and with it what it encrypts."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = var.key_deletion_days >= 7 && var.key_deletion_days <= 30
    error_message = "key_deletion_days: 7 to 30."
  }
}

variable "log_retention_days" {
  description = "Days for which logs are kept."
  type        = number
  default     = 365
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731], var.log_retention_days)
    error_message = "log_retention_days: one of the periods that CloudWatch Logs knows, such as 30 or 365."
  }
}
