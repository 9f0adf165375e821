variable "name" {
  description = "The secret's name; instances ask for it by this name's ARN."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9/_+=.@-]{1,512}$", var.name))
    error_message = "name: up to 512 letters, digits and / _ + = . @ -."
  }
}

variable "kms_key_arn" {
  description = "The key that encrypts the secret."
  type        = string
  nullable    = false

  validation {
    condition     = length(var.kms_key_arn) > 0
    error_message = "kms_key_arn must not be empty."
  }
}

variable "recovery_window_in_days" {
  description = "Days for which a deleted secret can be restored, and its name stays taken. 0: gone at once."
  type        = number
  nullable    = false

  validation {
    condition     = var.recovery_window_in_days == 0 || (var.recovery_window_in_days >= 7 && var.recovery_window_in_days <= 30)
    error_message = "recovery_window_in_days: 0, or 7 to 30."
  }
}

variable "database" {
  description = "What the secret says besides the password; the fields are those of RDS's own secrets."
  type = object({
    engine   = string
    username = string
    dbname   = string
    port     = number
    instance = string
  })
  nullable = false

  validation {
    condition     = contains(["mariadb", "mysql"], var.database.engine)
    error_message = "database.engine: mariadb or mysql."
  }
}

variable "password" {
  description = "The password. It is in no state and no plan."
  type        = string
  ephemeral   = true
  sensitive   = true
  nullable    = false

  validation {
    condition     = length(var.password) >= 16 && length(var.password) <= 41
    error_message = "password: 16 to 41 characters, of which RDS takes no more."
  }
}

variable "password_version" {
  description = "Raise it to store a new password."
  type        = number
  nullable    = false

  validation {
    condition     = var.password_version >= 1 && floor(var.password_version) == var.password_version
    error_message = "password_version: a whole number from 1 on."
  }
}

variable "replica" {
  description = "The region that gets a copy of the secret, and the key there that encrypts it: an alias, which can be written down before the key exists. null: none."
  type = object({
    region  = string
    kms_key = string
  })
  default = null

  validation {
    condition     = var.replica == null ? true : can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.replica.region)) && can(regex("^(alias/|arn:)", var.replica.kms_key))
    error_message = "replica: a region's code, and a key's alias or ARN."
  }
}
