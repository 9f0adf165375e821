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
  description = "Where the bucket is."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region: a region's code, such as ap-northeast-2."
  }
}

variable "distribution_arn" {
  description = "The CloudFront distribution that may read it."
  type        = string
  nullable    = false

  validation {
    condition     = startswith(var.distribution_arn, "arn:")
    error_message = "distribution_arn: an ARN."
  }
}

variable "pages_directory" {
  description = "The pages to upload. null: none."
  type        = string
  default     = null

  validation {
    condition     = var.pages_directory == null ? true : length(var.pages_directory) > 0
    error_message = "pages_directory: a directory, or null."
  }
}

variable "force_destroy" {
  description = "Let destroy delete the bucket with everything in it."
  type        = bool
  nullable    = false
}
