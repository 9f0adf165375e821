variable "name" {
  description = "Prefix of every name in this VPC."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,20}$", var.name))
    error_message = "name: 2 to 21 lower-case letters, digits and hyphens, beginning with a letter."
  }
}

variable "vpc_cidr" {
  description = "The VPC's addresses. Regions that will be peered or replicated must not overlap."
  type        = string
  nullable    = false

  validation {
    condition     = can(cidrnetmask(var.vpc_cidr)) && try(tonumber(split("/", var.vpc_cidr)[1]), 0) == 16
    error_message = "vpc_cidr: an IPv4 prefix of length 16, such as 10.10.0.0/16; the subnets are cut out of it."
  }
}

variable "zones" {
  description = "Availability zones, one subnet of each tier in each."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.zones) >= 2 && length(var.zones) <= 3 && length(distinct(var.zones)) == length(var.zones)
    error_message = "zones: two or three different availability zones; a load balancer needs two."
  }
}

variable "single_nat_gateway" {
  description = "One NAT gateway for all zones (cheaper) in place of one per zone (survives the loss of a zone)."
  type        = bool
  nullable    = false
}

variable "region" {
  description = "The region, for the name of the S3 endpoint service."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region: a region's code, such as ap-northeast-2."
  }
}

variable "flow_log_destination" {
  description = "ARN of the bucket, and the prefix in it, that takes the VPC's flow logs."
  type        = string
  nullable    = false

  validation {
    condition     = length(var.flow_log_destination) > 0
    error_message = "flow_log_destination must not be empty; rejected traffic would leave no trace."
  }
}
