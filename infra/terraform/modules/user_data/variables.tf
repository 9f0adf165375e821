variable "tier" {
  description = "web or was: which of the two boot scripts."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["web", "was"], var.tier)
    error_message = "tier: web or was."
  }
}

variable "region" {
  description = "The instance's region."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region: a region's code, such as ap-northeast-2."
  }
}

variable "dns_suffix" {
  description = "The partition's domain: amazonaws.com."
  type        = string
  nullable    = false

  validation {
    condition     = length(var.dns_suffix) > 0
    error_message = "dns_suffix: a domain name."
  }
}

variable "artifact" {
  description = "The package to install: where it is in S3, and the SHA-256 that it must have."
  type = object({
    bucket = string
    key    = string
    sha256 = string
  })
  nullable = false

  validation {
    condition     = can(regex("^[0-9a-f]{64}$", var.artifact.sha256))
    error_message = "artifact.sha256: 64 hexadecimal digits in lower case."
  }

  validation {
    condition     = can(regex("^[A-Za-z0-9/_.~-]+\\.deb$", var.artifact.key)) && !startswith(var.artifact.key, "/")
    error_message = "artifact.key: the key of a .deb, of letters, digits and / _ . ~ -."
  }
}

variable "settings" {
  description = "What the script writes into the service's configuration. Names of shell variables => values; no secrets."
  type        = map(string)
  nullable    = false

  validation {
    condition     = alltrue([for name in keys(var.settings) : can(regex("^[A-Z][A-Z0-9_]*$", name))])
    error_message = "settings: names of capital letters, digits and _."
  }

  validation {
    condition     = alltrue([for value in values(var.settings) : can(regex("^[A-Za-z0-9:/@._+=,-]*$", value))])
    error_message = "settings: values of letters, digits and : / @ . _ + = , -, which mean nothing to a shell or to systemd."
  }
}

variable "deadline" {
  description = "Seconds after which a boot that got nowhere gives up, so that the fleet replaces the instance."
  type        = number
  default     = 300
  nullable    = false

  validation {
    condition     = var.deadline >= 10 && var.deadline <= 3600
    error_message = "deadline: 10 to 3600."
  }
}

variable "channel" {
  description = "Key of the manifest that says which package to install, in the artifact's bucket. null: the artifact itself, which the launch template then names with its hash."
  type        = string
  default     = null

  validation {
    condition     = var.channel == null ? true : can(regex("^channels/[A-Za-z0-9/_.-]+/manifest\\.json$", var.channel))
    error_message = "channel: the key of a manifest.json below channels/."
  }
}

variable "agent" {
  description = "The CodeDeploy agent's package in AWS's bucket of the region, and the SHA-256 that it must have. null: none."
  type = object({
    key    = string
    sha256 = string
  })
  default = null

  validation {
    condition     = var.agent == null ? true : can(regex("^[0-9a-f]{64}$", var.agent.sha256)) && can(regex("^[A-Za-z0-9/_.~-]+\\.deb$", var.agent.key))
    error_message = "agent: the key of a .deb, and its SHA-256 of 64 hexadecimal digits in lower case."
  }
}

variable "session_agent" {
  description = "Session Manager's agent: its version, and the SHA-256 that its package for Debian must have. null: none."
  type        = object({ version = string, sha256 = string })
  default     = null

  validation {
    condition     = var.session_agent == null ? true : can(regex("^[0-9]+(\\.[0-9]+){3}$", var.session_agent.version)) && can(regex("^[0-9a-f]{64}$", var.session_agent.sha256))
    error_message = "session_agent: a version of four numbers, and a SHA-256 of 64 hexadecimal digits in lower case."
  }
}

variable "when_ended" {
  description = "Between boot.sh and the tier's script: sets a trap for the end of the boot, be it good or bad, in place of boot.sh's own. It must leave the exit code as it is. null: nothing."
  type        = string
  default     = null

  validation {
    condition     = var.when_ended == null ? true : strcontains(var.when_ended, "trap ")
    error_message = "when_ended: a piece of a script that sets a trap, or null."
  }
}
