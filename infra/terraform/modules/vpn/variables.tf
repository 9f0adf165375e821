variable "name" {
  description = "Prefix of every name."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,11}$", var.name))
    error_message = "name: 2 to 12 lower-case letters, digits and hyphens, beginning with a letter."
  }
}

variable "region" {
  description = "The region."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region: a region's code, such as ap-northeast-2."
  }
}

variable "dns_suffix" {
  description = "The partition's suffix, as in s3.<region>.<suffix>."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z.]+$", var.dns_suffix))
    error_message = "dns_suffix: a domain name, such as amazonaws.com."
  }
}

variable "vpc_id" {
  description = "The VPC."
  type        = string
  nullable    = false

  validation {
    condition     = length(var.vpc_id) > 0
    error_message = "vpc_id must not be empty."
  }
}

variable "vpc_cidr" {
  description = "The VPC's addresses: what clients are given a route to."
  type        = string
  nullable    = false

  validation {
    condition     = can(cidrhost(var.vpc_cidr, 2))
    error_message = "vpc_cidr: a CIDR, such as 10.10.0.0/16."
  }
}

variable "subnet_id" {
  description = "The public subnet."
  type        = string
  nullable    = false

  validation {
    condition     = length(var.subnet_id) > 0
    error_message = "subnet_id must not be empty."
  }
}

variable "group_ids" {
  description = "The tiers' security groups: web, back_alb, was, db."
  type        = map(string)
  nullable    = false

  validation {
    condition     = alltrue([for tier in ["web", "back_alb", "was", "db"] : contains(keys(var.group_ids), tier)])
    error_message = "group_ids: web, back_alb, was and db."
  }
}

variable "web_port" {
  description = "nginx's port."
  type        = number
  nullable    = false

  validation {
    condition     = var.web_port >= 1 && var.web_port <= 65535
    error_message = "web_port: 1 to 65535."
  }
}

variable "was_port" {
  description = "memo's port."
  type        = number
  nullable    = false

  validation {
    condition     = var.was_port >= 1 && var.was_port <= 65535
    error_message = "was_port: 1 to 65535."
  }
}

variable "database_port" {
  description = "The database's port, where people may reach it, too. null: they may not."
  type        = number
  default     = null

  validation {
    condition     = var.database_port == null ? true : var.database_port >= 1 && var.database_port <= 65535
    error_message = "database_port: 1 to 65535, or null."
  }
}

variable "port" {
  description = "OpenVPN's UDP port."
  type        = number
  nullable    = false

  validation {
    condition     = var.port >= 1 && var.port <= 65535 && var.port != 22
    error_message = "port: 1 to 65535, and not SSH's."
  }
}

variable "client_cidrs" {
  description = "Where people may come from."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.client_cidrs) > 0 && alltrue([for cidr in var.client_cidrs : can(cidrhost(cidr, 0))])
    error_message = "client_cidrs: at least one CIDR."
  }
}

variable "client_network" {
  description = "Addresses that clients get."
  type        = string
  nullable    = false

  validation {
    condition     = can(cidrhost(var.client_network, 1)) && tonumber(split("/", var.client_network)[1]) <= 25
    error_message = "client_network: a CIDR of at most /25, such as 10.250.0.0/24."
  }
}

variable "private_domain" {
  description = "The domain of the private names, for clients' resolvers."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9.-]+$", var.private_domain))
    error_message = "private_domain: a domain name in lower case."
  }
}

variable "image_id" {
  description = "The AMI: Debian 12."
  type        = string
  nullable    = false

  validation {
    condition     = startswith(var.image_id, "ami-")
    error_message = "image_id: an AMI's id."
  }
}

variable "instance_type" {
  description = "The instance's type."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9-]+\\.[a-z0-9-]+$", var.instance_type))
    error_message = "instance_type: such as t3.micro."
  }
}

variable "kms_key_arn" {
  description = "The key that encrypts the secret."
  type        = string
  nullable    = false

  validation {
    condition     = startswith(var.kms_key_arn, "arn:")
    error_message = "kms_key_arn: an ARN."
  }
}

variable "secret_recovery_days" {
  description = "Days for which a deleted secret can still be restored; 0: none."
  type        = number
  nullable    = false

  validation {
    condition     = var.secret_recovery_days == 0 || (var.secret_recovery_days >= 7 && var.secret_recovery_days <= 30)
    error_message = "secret_recovery_days: 0, or 7 to 30."
  }
}

variable "record" {
  description = "The name of the VPN and its zone. null: none."
  type        = object({ zone_id = string, name = string })
  default     = null

  validation {
    condition     = var.record == null ? true : can(regex("^[a-z0-9.-]+$", var.record.name))
    error_message = "record: a name in lower case, or null."
  }
}

variable "boot_deadline" {
  description = "Seconds for which the boot tries, for instance until the secret is filled."
  type        = number
  default     = 3600
  nullable    = false

  validation {
    condition     = var.boot_deadline >= 60
    error_message = "boot_deadline: at least 60 seconds."
  }
}

variable "session_agent" {
  description = "Session Manager's agent: its version, and the SHA-256 of its package. null: none."
  type        = object({ version = string, sha256 = string })
  default     = null

  validation {
    condition     = var.session_agent == null ? true : can(regex("^[0-9a-f]{64}$", var.session_agent.sha256))
    error_message = "session_agent: a version, and a SHA-256 of 64 hexadecimal digits in lower case."
  }
}
