variable "name" {
  description = "Name of the stack, and so of the web ACL."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z][A-Za-z0-9-]{0,63}$", var.name))
    error_message = "name: up to 64 letters, digits and hyphens, a letter first."
  }
}

variable "bucket" {
  description = "The bucket that the load balancer writes its access log to, usable: its policy stands."
  type        = string
  nullable    = false

  validation {
    condition     = length(var.bucket) > 0
    error_message = "bucket must not be empty."
  }
}

variable "prefix" {
  description = "Prefix of that log in the bucket, with AWSLogs/ at its end."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^([A-Za-z0-9_-]+/)*AWSLogs/$", var.prefix))
    error_message = "prefix: ends in AWSLogs/, such as front/AWSLogs/."
  }
}

variable "settings" {
  description = "The solution's template and parameters: the root's waf_solution says what they are."
  type = object({
    template_url             = string
    managed                  = set(string)
    sqli                     = string
    sqli_sensitivity         = string
    xss                      = string
    flood                    = string
    flood_limit              = number
    window_minutes           = number
    scanners                 = string
    error_limit              = number
    block_minutes            = number
    reputation               = bool
    bad_bot                  = bool
    allow_minutes            = number
    deny_minutes             = number
    expiry_email             = string
    log_retention_days       = number
    bucket_has_access_log    = bool
    keep_logs_in_place       = bool
    athena_schedule_minutes  = number
    athena_group_by          = string
    flood_limit_of_countries = map(number)
  })
  nullable = false

  validation {
    condition     = length(setsubtract(var.settings.managed, ["common", "known_bad_inputs", "ip_reputation", "anonymous_ip", "sqli"])) == 0
    error_message = "managed: of common, known_bad_inputs, ip_reputation, anonymous_ip and sqli."
  }

  validation {
    condition     = alltrue([for value in [var.settings.sqli, var.settings.xss] : contains(["yes", "yes - MATCH", "yes - NO_MATCH", "no"], value)]) && contains(["LOW", "HIGH"], var.settings.sqli_sensitivity)
    error_message = "sqli and xss: yes, no, or what to do with bodies above 8 KiB, \"yes - MATCH\" or \"yes - NO_MATCH\"; sqli_sensitivity: LOW or HIGH."
  }

  validation {
    condition     = contains(["rate", "lambda", "athena", "off"], var.settings.flood) && contains(["lambda", "athena", "off"], var.settings.scanners)
    error_message = "flood: rate, lambda, athena or off; scanners: lambda, athena or off."
  }

  validation {
    condition     = var.settings.flood_limit >= (var.settings.flood == "rate" ? 10 : 1) && contains([1, 2, 5, 10], var.settings.window_minutes)
    error_message = "flood_limit: at least 10 with flood = rate, 1 otherwise; window_minutes: 1, 2, 5 or 10."
  }

  validation {
    condition     = var.settings.error_limit >= 1 && var.settings.block_minutes >= 1 && var.settings.athena_schedule_minutes >= 1
    error_message = "error_limit, block_minutes and athena_schedule_minutes: at least 1."
  }

  validation {
    condition     = alltrue([for minutes in [var.settings.allow_minutes, var.settings.deny_minutes] : minutes == -1 || minutes >= 15])
    error_message = "allow_minutes and deny_minutes: -1, for ever, or at least 15."
  }

  validation {
    condition     = var.settings.expiry_email == "" || can(regex("^[^@ ]+@[^@ ]+\\.[^@ ]+$", var.settings.expiry_email))
    error_message = "expiry_email: an e-mail address, or nothing."
  }

  validation {
    condition     = contains([-1, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1827, 3653], var.settings.log_retention_days)
    error_message = "log_retention_days: -1 (for ever) or one of CloudWatch's, such as 30, 90 or 365."
  }

  validation {
    condition     = contains(["None", "Country", "URI", "Country and URI"], var.settings.athena_group_by)
    error_message = "athena_group_by: None, Country, URI or \"Country and URI\"."
  }

  validation {
    condition     = alltrue([for country, limit in var.settings.flood_limit_of_countries : can(regex("^[A-Z]{2}$", country)) && limit >= 1])
    error_message = "flood_limit_of_countries: two capitals → requests, such as { KR = 200 }."
  }
}
