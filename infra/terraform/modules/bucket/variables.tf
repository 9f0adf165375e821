variable "bucket" {
  description = "The bucket's name, unique in the world."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.bucket))
    error_message = "bucket: 3 to 63 lower-case letters, digits and hyphens; no dots, which certificates do not cover."
  }
}

variable "region" {
  description = "Where the bucket is. null: in the provider's region."
  type        = string
  default     = null

  validation {
    condition     = var.region == null ? true : can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region: a region's code, such as ap-northeast-2, or null."
  }
}

variable "versioning" {
  description = "Keep what is overwritten or deleted, until expire_noncurrent_days."
  type        = bool
  nullable    = false
}

variable "expire_days" {
  description = "Delete objects this many days after they were written. null: never."
  type        = number
  default     = null

  validation {
    condition     = var.expire_days == null ? true : var.expire_days >= 1
    error_message = "expire_days: at least 1, or null."
  }
}

variable "expire_noncurrent_days" {
  description = "Delete overwritten and deleted versions this many days later."
  type        = number
  nullable    = false

  validation {
    condition     = var.expire_noncurrent_days >= 1
    error_message = "expire_noncurrent_days: at least 1."
  }
}

variable "writer_policy_json" {
  description = "Further statements of the bucket's policy, as a policy document. null: none."
  type        = string
  default     = null

  validation {
    condition     = var.writer_policy_json == null ? true : length(var.writer_policy_json) > 0
    error_message = "writer_policy_json must not be empty."
  }
}

variable "force_destroy" {
  description = "Let destroy delete the bucket with everything in it."
  type        = bool
  nullable    = false
}
