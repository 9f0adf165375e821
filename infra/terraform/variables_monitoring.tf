# What watches the region.
variable "monitoring" {
  description = "Logs, alarms, messages and a dashboard. recipients: e-mail addresses that page wakes and inform tells; each confirms its subscription by hand. agent: the CloudWatch agent on the instances; version latest is checked by signature alone, a sha256 pins one version besides. retention_days null: log_retention_days. thresholds: see docs/monitoring.md."
  type = object({
    enabled        = optional(bool, false)
    retention_days = optional(number)
    recipients = optional(object({
      page   = optional(set(string), [])
      inform = optional(set(string), [])
    }), {})
    agent = optional(object({
      enabled     = optional(bool, true)
      version     = optional(string, "latest")
      sha256      = optional(string)
      fingerprint = optional(string, "937616F3450B7D806CBD9725D58167303B789C72")
      interval    = optional(number, 60)
    }), {})
    thresholds = optional(object({
      latency_p99                   = optional(object({ front = optional(number, 2), back = optional(number, 1.5) }), {})
      target_5xx_percent            = optional(number, 5)
      least_requests                = optional(number, 20)
      balancer_5xx                  = optional(number, 10)
      cpu_percent                   = optional(number, 85)
      memory_percent                = optional(number, 90)
      disk_percent                  = optional(number, 80)
      database_cpu_percent          = optional(number, 80)
      database_free_storage_percent = optional(number, 15)
      database_free_memory_mib      = optional(number, 128)
      database_connections          = optional(number, 120)
      database_disk_queue           = optional(number, 10)
      replica_lag_seconds           = optional(number, 30)
      certificate_days              = optional(number, 30)
      memo_errors                   = optional(number, 10)
    }), {})
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.monitoring.agent.version == "latest" || can(regex("^[0-9]+\\.[0-9]+\\.[0-9]+$|^[0-9]+\\.[0-9]+$", var.monitoring.agent.version))
    error_message = "monitoring.agent.version: latest, or a version such as 1.300049.1."
  }

  validation {
    condition     = var.monitoring.agent.sha256 == null ? true : var.monitoring.agent.version != "latest"
    error_message = "monitoring.agent: a sha256 belongs to a version; latest changes."
  }

  validation {
    condition     = alltrue([for address in setunion(var.monitoring.recipients.page, var.monitoring.recipients.inform) : can(regex("^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$", address))])
    error_message = "monitoring.recipients: e-mail addresses."
  }
}
