# The database.
variable "database" {
  description = "Engine, size and safety of the database."
  type = object({
    engine_version        = optional(string, "10.11")
    instance_class        = optional(string, "db.t4g.small")
    storage_gib           = optional(number, 20)
    storage_max_gib       = optional(number, 100)
    port                  = optional(number, 3306)
    multi_az              = optional(bool, false)
    ca_cert_identifier    = optional(string, "rds-ca-rsa2048-g1")
    backup_retention_days = optional(number, 7)
    apply_immediately     = optional(bool, false)
    final_snapshot        = optional(bool, true)
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.database.storage_max_gib > var.database.storage_gib
    error_message = "database: storage_max_gib is above storage_gib."
  }
}

variable "database_password_version" {
  description = "Raise it to give the database a new random password; memo follows by itself."
  type        = number
  default     = 1
  nullable    = false

  validation {
    condition     = var.database_password_version >= 1 && floor(var.database_password_version) == var.database_password_version
    error_message = "database_password_version: a whole number from 1 on."
  }
}
