# What watches the routing between the regions.
variable "monitoring" {
  description = "Alarms of the health checks that the names follow. recipients: e-mail addresses, each confirmed by hand."
  type = object({
    enabled    = optional(bool, false)
    recipients = optional(set(string), [])
  })
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for address in var.monitoring.recipients : can(regex("^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$", address))])
    error_message = "monitoring.recipients: e-mail addresses."
  }
}
