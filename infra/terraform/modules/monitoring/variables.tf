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
  description = "The region that is watched."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region: a region's code, such as ap-northeast-2."
  }
}

variable "zones" {
  description = "The availability zones in use: the dashboard has a graph for each."
  type        = list(string)
  nullable    = false

  validation {
    condition     = contains([1, 2, 3, 4], length(var.zones))
    error_message = "zones: 1 to 4, as the dashboard's 24 columns can be divided among them."
  }
}

variable "account" {
  description = "The account's number: messages come from its own alarms alone."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account))
    error_message = "account: 12 digits."
  }
}

variable "partition" {
  description = "The partition: aws."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^aws[a-z-]*$", var.partition))
    error_message = "partition: aws, or another one's name."
  }
}

variable "dns_suffix" {
  description = "The partition's domain: amazonaws.com."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9.-]+$", var.dns_suffix))
    error_message = "dns_suffix: a domain name."
  }
}

variable "key_deletion_days" {
  description = "Days for which the deleted key can still be saved."
  type        = number
  nullable    = false

  validation {
    condition     = var.key_deletion_days >= 7 && var.key_deletion_days <= 30
    error_message = "key_deletion_days: 7 to 30, as KMS has it."
  }
}

variable "retention_days" {
  description = "Days for which the instances' logs are kept."
  type        = number
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731], var.retention_days)
    error_message = "retention_days: one of the periods that CloudWatch Logs knows, such as 30 or 365."
  }
}

variable "recipients" {
  description = "E-mail addresses: whom page wakes, and whom inform tells."
  type = object({
    page   = set(string)
    inform = set(string)
  })
  nullable = false

  validation {
    condition     = alltrue([for address in setunion(var.recipients.page, var.recipients.inform) : can(regex("^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$", address))])
    error_message = "recipients: e-mail addresses."
  }
}

variable "load_balancers" {
  description = "The load balancers front and back: how CloudWatch names them and their target groups."
  type = map(object({
    arn_suffix              = string
    target_group_arn_suffix = string
  }))
  nullable = false

  validation {
    condition     = toset(keys(var.load_balancers)) == toset(["front", "back"])
    error_message = "load_balancers: front and back."
  }
}

variable "fleets" {
  description = "The fleets web and was: their auto scaling groups, how many instances they have at least, and the role of those."
  type = map(object({
    group = string
    min   = number
    role  = string
  }))
  nullable = false

  validation {
    condition     = toset(keys(var.fleets)) == toset(["web", "was"]) && alltrue([for it in values(var.fleets) : it.min >= 1])
    error_message = "fleets: web and was, with at least one instance each."
  }
}

variable "database" {
  description = "The DB instance, its storage to begin with, and whether it is a replica."
  type = object({
    identifier  = string
    storage_gib = number
    is_replica  = bool
  })
  nullable = false

  validation {
    condition     = length(var.database.identifier) > 0 && var.database.storage_gib > 0
    error_message = "database: an identifier, and a size above 0."
  }
}

variable "certificate_arn" {
  description = "The load balancers' certificate."
  type        = string
  nullable    = false

  validation {
    condition     = startswith(var.certificate_arn, "arn:")
    error_message = "certificate_arn: an ARN."
  }
}

variable "agent_namespace" {
  description = "Namespace of what the agents on the instances measure."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9./_#-]+$", var.agent_namespace)) && !startswith(var.agent_namespace, "AWS/")
    error_message = "agent_namespace: letters, digits and . / _ # -; names beginning with AWS/ are AWS's own."
  }
}

variable "thresholds" {
  description = "From where on an alarm alarms; see docs/monitoring.md."
  type = object({
    latency_p99                   = object({ front = number, back = number })
    target_5xx_percent            = number
    least_requests                = number
    balancer_5xx                  = number
    cpu_percent                   = number
    memory_percent                = number
    disk_percent                  = number
    database_cpu_percent          = number
    database_free_storage_percent = number
    database_free_memory_mib      = number
    database_connections          = number
    database_disk_queue           = number
    replica_lag_seconds           = number
    certificate_days              = number
    memo_errors                   = number
  })
  nullable = false

  validation {
    condition = alltrue([for percent in [
      var.thresholds.target_5xx_percent, var.thresholds.cpu_percent, var.thresholds.memory_percent,
      var.thresholds.disk_percent, var.thresholds.database_cpu_percent, var.thresholds.database_free_storage_percent,
    ] : percent > 0 && percent < 100])
    error_message = "thresholds: percentages are between 0 and 100."
  }

  validation {
    condition     = var.thresholds.least_requests >= 1 && min(var.thresholds.latency_p99.front, var.thresholds.latency_p99.back) > 0
    error_message = "thresholds: least_requests is at least 1, and latency_p99 above 0."
  }
}
