variable "name" {
  description = "The load balancer's and the target group's name."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-zA-Z0-9][a-zA-Z0-9-]{0,25}[a-zA-Z0-9]$", var.name)) && !startswith(var.name, "internal-")
    error_message = "name: 2 to 27 letters, digits and hyphens, not beginning with internal-."
  }
}

variable "internal" {
  description = "Reachable from the VPC only."
  type        = bool
  nullable    = false
}

variable "vpc_id" {
  description = "The VPC of the targets."
  type        = string
  nullable    = false

  validation {
    condition     = length(var.vpc_id) > 0
    error_message = "vpc_id must not be empty."
  }
}

variable "subnet_ids" {
  description = "One subnet per zone."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.subnet_ids) >= 2
    error_message = "subnet_ids: at least two, in different zones."
  }
}

variable "security_group_id" {
  description = "The load balancer's security group."
  type        = string
  nullable    = false

  validation {
    condition     = length(var.security_group_id) > 0
    error_message = "security_group_id must not be empty."
  }
}

variable "certificate_arn" {
  description = "The certificate of the HTTPS listener."
  type        = string
  nullable    = false

  validation {
    condition     = length(var.certificate_arn) > 0
    error_message = "certificate_arn must not be empty."
  }
}

variable "ssl_policy" {
  description = "TLS versions and ciphers of the HTTPS listener."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^ELBSecurityPolicy-TLS13-1-[23]-", var.ssl_policy))
    error_message = "ssl_policy: one of the TLS 1.3 policies that allow nothing below TLS 1.2."
  }
}

variable "strict_transport_security" {
  description = "Value of the Strict-Transport-Security header in every answer. null: none."
  type        = string
  default     = null

  validation {
    condition     = var.strict_transport_security == null ? true : startswith(var.strict_transport_security, "max-age=")
    error_message = "strict_transport_security begins with max-age=."
  }
}

variable "redirect_http" {
  description = "Listen on port 80, too, and send everybody to HTTPS."
  type        = bool
  nullable    = false
}

variable "access_logs" {
  description = "Where the access logs go. The bucket's policy must stand already."
  type = object({
    bucket = string
    prefix = string
  })
  nullable = false

  validation {
    condition     = length(var.access_logs.bucket) > 0 && !strcontains(var.access_logs.prefix, "AWSLogs")
    error_message = "access_logs: a bucket's name, and a prefix without AWSLogs in it."
  }
}

variable "target_port" {
  description = "TCP port of the targets, which speak HTTP."
  type        = number
  nullable    = false

  validation {
    condition     = var.target_port >= 1 && var.target_port <= 65535
    error_message = "target_port: 1 to 65535."
  }
}

variable "health_check" {
  description = "How a target's health is found out; interval and timeout in seconds."
  type = object({
    path                = string
    interval            = number
    timeout             = number
    healthy_threshold   = number
    unhealthy_threshold = number
  })
  nullable = false

  validation {
    condition     = startswith(var.health_check.path, "/") && var.health_check.timeout < var.health_check.interval
    error_message = "health_check: the path begins with /, and the timeout is below the interval."
  }

  validation {
    condition = (
      var.health_check.interval >= 5 && var.health_check.interval <= 300
      && var.health_check.timeout >= 2 && var.health_check.timeout <= 120
      && min(var.health_check.healthy_threshold, var.health_check.unhealthy_threshold) >= 2
      && max(var.health_check.healthy_threshold, var.health_check.unhealthy_threshold) <= 10
    )
    error_message = "health_check: interval 5 to 300, timeout 2 to 120, thresholds 2 to 10, as load balancers have it."
  }
}

variable "deregistration_delay" {
  description = "Seconds that requests under way get before a target that leaves is cut off."
  type        = number
  nullable    = false

  validation {
    condition     = var.deregistration_delay >= 0 && var.deregistration_delay <= 3600
    error_message = "deregistration_delay: 0 to 3600."
  }
}

variable "idle_timeout" {
  description = "Seconds after which an idle connection is closed."
  type        = number
  nullable    = false

  validation {
    condition     = var.idle_timeout >= 1 && var.idle_timeout <= 4000
    error_message = "idle_timeout: 1 to 4000."
  }
}

variable "deletion_protection" {
  description = "Refuse to delete the load balancer."
  type        = bool
  nullable    = false
}
