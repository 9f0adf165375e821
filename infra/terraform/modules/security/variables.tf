variable "name" {
  description = "Prefix of the groups' names."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,20}$", var.name))
    error_message = "name: 2 to 21 lower-case letters, digits and hyphens, beginning with a letter."
  }
}

variable "vpc_id" {
  description = "The VPC of the groups."
  type        = string
  nullable    = false

  validation {
    condition     = length(var.vpc_id) > 0
    error_message = "vpc_id must not be empty."
  }
}

variable "client_cidrs" {
  description = "Who may reach the front load balancer."
  type        = set(string)
  nullable    = false

  validation {
    condition     = length(var.client_cidrs) > 0 && alltrue([for cidr in var.client_cidrs : can(cidrnetmask(cidr))])
    error_message = "client_cidrs: at least one IPv4 prefix, such as 0.0.0.0/0."
  }
}

variable "web_port" {
  description = "TCP port on which a web instance serves the front load balancer."
  type        = number
  nullable    = false

  validation {
    condition     = var.web_port >= 1 && var.web_port <= 65535 && var.web_port != 22
    error_message = "web_port: 1 to 65535, and not SSH's."
  }
}

variable "was_port" {
  description = "TCP port on which a WAS instance serves the back load balancer."
  type        = number
  nullable    = false

  validation {
    condition     = var.was_port >= 1 && var.was_port <= 65535 && var.was_port != 22
    error_message = "was_port: 1 to 65535, and not SSH's."
  }
}

variable "database_port" {
  description = "TCP port of the database."
  type        = number
  nullable    = false

  validation {
    condition     = var.database_port >= 1150 && var.database_port <= 65535
    error_message = "database_port: 1150 to 65535, as RDS has it."
  }
}

variable "peer" {
  description = "Prefixes of the other region's WAS and database subnets. null: no other region."
  type = object({
    was = string
    db  = string
  })
  default = null

  validation {
    condition     = var.peer == null ? true : can(cidrnetmask(var.peer.was)) && can(cidrnetmask(var.peer.db))
    error_message = "peer: two IPv4 prefixes."
  }
}
