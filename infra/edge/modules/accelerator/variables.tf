variable "name" {
  description = "The accelerator's name."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,62}$", var.name))
    error_message = "name: 2 to 63 lower-case letters, digits and hyphens, beginning with a letter."
  }
}

variable "endpoints" {
  description = "Its load balancers, each in a region of its own. dial: the percentage of the region's share of traffic that it gets."
  type = map(object({
    region            = string
    load_balancer_arn = string
    dial              = number
  }))
  nullable = false

  validation {
    condition     = length(var.endpoints) > 0 && length(distinct([for endpoint in values(var.endpoints) : endpoint.region])) == length(var.endpoints)
    error_message = "endpoints: at least one, and one per region."
  }

  validation {
    condition     = alltrue([for endpoint in values(var.endpoints) : endpoint.dial >= 0 && endpoint.dial <= 100])
    error_message = "endpoints: dials of 0 to 100 percent."
  }
}

variable "affinity" {
  description = "Keep a client's address at one endpoint."
  type        = bool
  nullable    = false
}

variable "logs" {
  description = "The bucket that the flow logs go to. null: nowhere."
  type        = object({ bucket = string })
  default     = null

  validation {
    condition     = var.logs == null ? true : length(var.logs.bucket) >= 3
    error_message = "logs: a bucket's name, or null."
  }
}
