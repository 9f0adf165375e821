variable "identifier" {
  description = "The DB instance's identifier."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]([a-z0-9]|-[a-z0-9]){0,62}$", var.identifier))
    error_message = "identifier: up to 63 lower-case letters, digits and single hyphens, beginning with a letter."
  }
}

variable "role" {
  description = "source: a database of its own. replica: a read replica of source_arn. standalone: it was a replica and is none any more; it keeps its data, user and password."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["source", "replica", "standalone"], var.role)
    error_message = "role: source, replica or standalone."
  }
}

variable "source_arn" {
  description = "The ARN of the DB instance that a replica follows. null: none."
  type        = string
  default     = null

  validation {
    condition     = var.role != "replica" || can(regex("^arn:[a-z-]+:rds:[a-z0-9-]+:[0-9]{12}:db:.+$", var.source_arn))
    error_message = "source_arn: a replica needs the ARN of a DB instance."
  }
}

variable "engine_version" {
  description = "MariaDB's version; without the third number AWS chooses the newest of it."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^(10\\.11|11\\.4|11\\.8)(\\.[0-9]+)?$", var.engine_version))
    error_message = "engine_version: 10.11, 11.4 or 11.8, the long-term releases."
  }
}

variable "instance_class" {
  description = "Size of the DB instance."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^db\\.[a-z0-9]+\\.[a-z0-9]+$", var.instance_class))
    error_message = "instance_class: such as db.t4g.small."
  }
}

variable "storage_gib" {
  description = "Storage to begin with, and the limit to which it grows by itself."
  type = object({
    initial = number
    max     = number
  })
  nullable = false

  validation {
    condition     = var.storage_gib.initial >= 20 && var.storage_gib.max > var.storage_gib.initial
    error_message = "storage_gib: initial from 20 on, max above it."
  }
}

variable "vpc_id" {
  description = "The VPC that the database must be in."
  type        = string
  nullable    = false

  validation {
    condition     = length(var.vpc_id) > 0
    error_message = "vpc_id must not be empty."
  }
}

variable "subnet_ids" {
  description = "The database subnets, one per zone, without a way out."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.subnet_ids) >= 2
    error_message = "subnet_ids: at least two, in different zones."
  }
}

variable "security_group_id" {
  description = "The database's security group."
  type        = string
  nullable    = false

  validation {
    condition     = length(var.security_group_id) > 0
    error_message = "security_group_id must not be empty."
  }
}

variable "kms_key_arn" {
  description = "The key that encrypts storage, backups and logs' copies in RDS."
  type        = string
  nullable    = false

  validation {
    condition     = length(var.kms_key_arn) > 0
    error_message = "kms_key_arn must not be empty."
  }
}

variable "database_name" {
  description = "The database that is created with the instance."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-zA-Z][a-zA-Z0-9_]{0,63}$", var.database_name))
    error_message = "database_name: up to 64 letters, digits and _, beginning with a letter."
  }
}

variable "username" {
  description = "The master user."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-zA-Z][a-zA-Z0-9_]{0,15}$", var.username))
    error_message = "username: up to 16 letters, digits and _, beginning with a letter."
  }
}

variable "password" {
  description = "The master user's password, of a source only. It is in no state and no plan."
  type        = string
  default     = null
  ephemeral   = true
  sensitive   = true

  validation {
    condition     = var.password == null ? true : length(var.password) >= 16 && length(var.password) <= 41
    error_message = "password: 16 to 41 characters, of which RDS takes no more."
  }
}

variable "password_version" {
  description = "Raise it to set a new password."
  type        = number
  nullable    = false

  validation {
    condition     = var.password_version >= 1 && floor(var.password_version) == var.password_version
    error_message = "password_version: a whole number from 1 on."
  }
}

variable "port" {
  description = "TCP port."
  type        = number
  nullable    = false

  validation {
    condition     = var.port >= 1150 && var.port <= 65535
    error_message = "port: 1150 to 65535, as RDS has it."
  }
}

variable "multi_az" {
  description = "Keep a standby in another zone, to which RDS fails over."
  type        = bool
  nullable    = false
}

variable "ca_cert_identifier" {
  description = "The certificate authority of the server's certificate, chosen from the start: changing it later restarts the database."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["rds-ca-rsa2048-g1", "rds-ca-rsa4096-g1", "rds-ca-ecc384-g1"], var.ca_cert_identifier)
    error_message = "ca_cert_identifier: rds-ca-rsa2048-g1, rds-ca-rsa4096-g1 or rds-ca-ecc384-g1."
  }
}

variable "backup_retention_days" {
  description = "Days for which the database can be restored to any second."
  type        = number
  nullable    = false

  validation {
    condition     = var.backup_retention_days >= 7 && var.backup_retention_days <= 35
    error_message = "backup_retention_days: 7 to 35."
  }
}

variable "log_retention_days" {
  description = "Days for which the database's logs are kept in CloudWatch."
  type        = number
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731], var.log_retention_days)
    error_message = "log_retention_days: one of the periods that CloudWatch Logs knows, such as 30 or 365."
  }
}

variable "apply_immediately" {
  description = "Change at once what otherwise waits for the maintenance window; some changes restart the database."
  type        = bool
  nullable    = false
}

variable "deletion_protection" {
  description = "Refuse to delete the database."
  type        = bool
  nullable    = false
}

variable "final_snapshot" {
  description = "Take a snapshot when the database is deleted."
  type        = bool
  nullable    = false
}
