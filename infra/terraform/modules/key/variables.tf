variable "alias" {
  description = "The key's alias, without the alias/ in front."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-zA-Z0-9/_-]{1,200}$", var.alias)) && !startswith(var.alias, "aws/")
    error_message = "alias: letters, digits, / _ and -; names beginning with aws/ are AWS's own."
  }
}

variable "description" {
  description = "What the key protects."
  type        = string
  nullable    = false

  validation {
    condition     = length(var.description) > 0
    error_message = "description must not be empty."
  }
}

variable "account_arn_root" {
  description = "ARN of the account's root, which IAM policies delegate from."
  type        = string
  nullable    = false

  validation {
    condition     = length(var.account_arn_root) > 0
    error_message = "account_arn_root must not be empty."
  }
}

variable "deletion_window_in_days" {
  description = "Days for which a deleted key can still be saved."
  type        = number
  nullable    = false

  validation {
    condition     = var.deletion_window_in_days >= 7 && var.deletion_window_in_days <= 30
    error_message = "deletion_window_in_days: 7 to 30, as KMS has it."
  }
}

variable "log_groups" {
  description = "CloudWatch Logs of this region that may use the key: ARN of the groups, with wildcards, and the service's name. null: none."
  type = object({
    arn     = string
    service = string
  })
  default = null

  validation {
    condition     = var.log_groups == null ? true : startswith(var.log_groups.service, "logs.") && strcontains(var.log_groups.arn, ":log-group:")
    error_message = "log_groups: an ARN of log groups, and logs.<region>.amazonaws.com."
  }
}

variable "publishers" {
  description = "Services that publish to SNS topics which the key encrypts, such as cloudwatch.amazonaws.com."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for service in var.publishers : can(regex("^[a-z0-9-]+\\.[a-z0-9.-]+$", service))])
    error_message = "publishers: names of services, such as cloudwatch.amazonaws.com."
  }
}
