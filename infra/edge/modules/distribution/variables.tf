variable "name" {
  description = "Prefix of every name."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,30}$", var.name))
    error_message = "name: 2 to 31 lower-case letters, digits and hyphens, beginning with a letter."
  }
}

variable "host" {
  description = "The name that clients use."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$", var.host))
    error_message = "host: a domain name in lower case, without a dot at the end."
  }
}

variable "certificate_arn" {
  description = "The certificate of us-east-1 for the host."
  type        = string
  nullable    = false

  validation {
    condition     = startswith(var.certificate_arn, "arn:")
    error_message = "certificate_arn: an ARN."
  }
}

variable "pages" {
  description = "The regional names of the buckets with the pages."
  type        = object({ primary = string, secondary = string })
  nullable    = false

  validation {
    condition     = alltrue([for name in values(var.pages) : can(regex("\\.s3\\.[a-z0-9-]+\\.amazonaws\\.com$", name))])
    error_message = "pages: BUCKET.s3.REGION.amazonaws.com; with the global name a new bucket answers with redirects."
  }
}

variable "api_host" {
  description = "Where requests for the API go to, by TLS."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$", var.api_host))
    error_message = "api_host: a domain name in lower case, without a dot at the end."
  }
}

variable "price_class" {
  description = "Which of CloudFront's edge locations are used."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["PriceClass_100", "PriceClass_200", "PriceClass_All"], var.price_class)
    error_message = "price_class: PriceClass_100, PriceClass_200 or PriceClass_All."
  }
}

variable "web_acl_arn" {
  description = "The firewall. null: none."
  type        = string
  default     = null

  validation {
    condition     = var.web_acl_arn == null ? true : startswith(var.web_acl_arn, "arn:")
    error_message = "web_acl_arn: an ARN, or null."
  }
}

variable "logs" {
  description = "The bucket that the access logs go to. null: nowhere."
  type        = object({ bucket_arn = string })
  default     = null

  validation {
    condition     = var.logs == null ? true : startswith(var.logs.bucket_arn, "arn:")
    error_message = "logs: a bucket_arn, or null."
  }
}
