# The database.
variable "database" {
  description = "Role, engine, size and safety of the database. role: source (a database of its own), replica (it follows source_region's), standalone (it was a replica and was promoted). null: source where isPrimary, replica elsewhere. multi_az: a standby in another zone; null: but for a replica."
  type = object({
    role                  = optional(string)
    source_region         = optional(string)
    engine_version        = optional(string, "10.11")
    instance_class        = optional(string, "db.t4g.small")
    storage_gib           = optional(number, 20)
    storage_max_gib       = optional(number, 100)
    port                  = optional(number, 3306)
    multi_az              = optional(bool)
    ca_cert_identifier    = optional(string, "rds-ca-rsa2048-g1")
    backup_retention_days = optional(number, 7)
    apply_immediately     = optional(bool, false)
    final_snapshot        = optional(bool, true)
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.database.role == null ? true : contains(["source", "replica", "standalone"], var.database.role)
    error_message = "database.role: source, replica or standalone."
  }

  validation {
    condition     = coalesce(var.database.role, var.isPrimary ? "source" : "replica") != "replica" || can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.database.source_region))
    error_message = "database: a replica names the region of its source, such as source_region = \"ap-northeast-2\"."
  }

  validation {
    condition     = var.database.source_region == null ? true : var.database.source_region != var.region
    error_message = "database: source_region is another region than this one."
  }

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

variable "peer" {
  description = "The other region: its copy of the secret, and, for writes that wait until it has them (durability: global), its VPC's prefix and its database's own name. Without that name no write can wait. null: this region stands alone."
  type = object({
    region           = string
    vpc_cidr         = string
    database_address = optional(string)
  })
  default = null

  validation {
    condition     = var.peer == null ? true : can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.peer.region)) && var.peer.region != var.region
    error_message = "peer.region: another region's code."
  }

  validation {
    condition     = var.peer == null ? true : can(cidrsubnet(var.peer.vpc_cidr, 8, 255))
    error_message = "peer.vpc_cidr: the prefix of the other region's VPC, such as 10.20.0.0/16."
  }

  validation {
    condition     = try(var.peer.database_address, null) == null ? true : can(regex("^[a-z0-9.-]+$", var.peer.database_address))
    error_message = "peer.database_address: the host name of the other region's DB instance (its output database.address)."
  }
}
