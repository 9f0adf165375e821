variable "domain" {
  description = "The certificate's first name."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$", var.domain))
    error_message = "domain: a domain name in lower case, without a dot at the end."
  }
}

variable "alternative_names" {
  description = "The certificate's other names."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.alternative_names) <= 9 && length(distinct(var.alternative_names)) == length(var.alternative_names)
    error_message = "alternative_names: up to 9 different names."
  }
}

variable "validated_here" {
  description = "Names whose validation record is made here. A name's record is the same in every region: one region makes it."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(distinct(var.validated_here)) == length(var.validated_here)
    error_message = "validated_here: different names."
  }
}

variable "zone_id" {
  description = "The public hosted zone of the names. null: nothing is validated here."
  type        = string
  default     = null

  validation {
    condition     = length(var.validated_here) == 0 || try(length(var.zone_id), 0) > 0
    error_message = "zone_id: the records of validated_here need a zone."
  }
}

variable "validation_timeout" {
  description = "How long to wait for ACM. It waits in vain when the zone is not delegated."
  type        = string
  default     = "30m"
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]+[hms]$", var.validation_timeout))
    error_message = "validation_timeout: a number with h, m or s."
  }
}
