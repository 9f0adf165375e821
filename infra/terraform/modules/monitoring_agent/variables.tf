variable "tier" {
  description = "web or was: whose logs."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["web", "was"], var.tier)
    error_message = "tier: web or was."
  }
}

variable "group" {
  description = "Name of the auto scaling group, a dimension of what is measured."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,40}$", var.group))
    error_message = "group: 2 to 41 lower-case letters, digits and hyphens, beginning with a letter."
  }
}

variable "namespace" {
  description = "Namespace of what is measured."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9./_#-]+$", var.namespace)) && !startswith(var.namespace, "AWS/")
    error_message = "namespace: letters, digits and . / _ # -; names beginning with AWS/ are AWS's own."
  }
}

variable "log_groups" {
  description = "Names of the log groups: boot, and memo or nginx."
  type        = map(string)
  nullable    = false

  validation {
    condition     = alltrue([for kind in ["boot", var.tier == "was" ? "memo" : "nginx"] : can(regex("^[A-Za-z0-9/_.-]+$", var.log_groups[kind]))])
    error_message = "log_groups: boot, and memo or nginx, of letters, digits and / _ . -."
  }
}

variable "interval" {
  description = "Seconds between two measurements."
  type        = number
  nullable    = false

  validation {
    condition     = contains([10, 30, 60, 300], var.interval)
    error_message = "interval: 10, 30, 60 or 300."
  }
}

variable "package" {
  description = "The agent's package: a version or latest, the fingerprint of the key that has signed it, and the SHA-256 that it must have besides (null: any)."
  type = object({
    version     = string
    sha256      = optional(string)
    fingerprint = string
  })
  nullable = false

  validation {
    condition     = can(regex("^(latest|[0-9]+\\.[0-9]+(\\.[0-9]+)?)$", var.package.version))
    error_message = "package.version: latest, or a version such as 1.300049.1."
  }

  validation {
    condition     = var.package.sha256 == null ? true : can(regex("^[0-9a-f]{64}$", var.package.sha256))
    error_message = "package.sha256: 64 hexadecimal digits in lower case."
  }

  validation {
    condition     = can(regex("^[0-9A-F]{40}$", var.package.fingerprint))
    error_message = "package.fingerprint: 40 hexadecimal digits in upper case."
  }
}
