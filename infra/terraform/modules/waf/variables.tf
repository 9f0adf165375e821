variable "name" {
  description = "Name of the web ACL, and the beginning of the names of its IP sets and its log group."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z][A-Za-z0-9-]{0,63}$", var.name))
    error_message = "name: up to 64 letters, digits and hyphens, a letter first."
  }
}

variable "modes" {
  description = "Protection → block, count (only log and measure) or off. The names: local.defaults in rules.tf; what is not named here is as it is there."
  type        = map(string)
  nullable    = false

  validation {
    condition     = length(setsubtract(keys(var.modes), keys(local.defaults))) == 0
    error_message = "modes: there is no protection ${join(", ", setsubtract(keys(var.modes), keys(local.defaults)))}; they are ${join(", ", keys(local.defaults))}."
  }

  validation {
    condition     = alltrue([for mode in values(var.modes) : contains(["block", "count", "off"], mode)])
    error_message = "modes: each is block, count or off."
  }
}

variable "allow" {
  description = "Addresses that pass every rule, as CIDRs, version 4 or 6."
  type        = set(string)
  nullable    = false

  validation {
    condition     = alltrue([for cidr in var.allow : can(cidrhost(cidr, 0)) && !endswith(cidr, "/0")])
    error_message = "allow: prefixes such as 203.0.113.7/32 or 2001:db8::/32; AWS WAF takes no /0."
  }
}

variable "deny" {
  description = "Addresses that are refused, as CIDRs, version 4 or 6."
  type        = set(string)
  nullable    = false

  validation {
    condition     = alltrue([for cidr in var.deny : can(cidrhost(cidr, 0)) && !endswith(cidr, "/0")])
    error_message = "deny: prefixes such as 203.0.113.7/32 or 2001:db8::/32; AWS WAF takes no /0."
  }
}

variable "client_address" {
  description = "Where the rate rules find the client: connection (the peer of the TCP connection), or forwarded (the first address of X-Forwarded-For), for traffic that comes through a CDN."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["connection", "forwarded"], var.client_address)
    error_message = "client_address: connection or forwarded."
  }
}

variable "flood" {
  description = "An address with more requests than limit within window_seconds is refused until it calms down."
  type = object({
    limit          = number
    window_seconds = number
  })
  nullable = false

  validation {
    condition     = var.flood.limit >= 10 && var.flood.limit <= 2000000000 && floor(var.flood.limit) == var.flood.limit
    error_message = "flood.limit: a whole number from 10 to 2,000,000,000, as AWS WAF has it."
  }

  validation {
    condition     = contains([60, 120, 300, 600], var.flood.window_seconds)
    error_message = "flood.window_seconds: 60, 120, 300 or 600, as AWS WAF has it."
  }
}

variable "probes" {
  description = "Scanners and probes: an address with more than limit requests within window_seconds for paths that the service does not have is refused those; paths that only scanners ask for (beginnings and ends, in lower case) are refused at once. known_exact and known_prefixes: the paths that the service has."
  type = object({
    limit          = number
    window_seconds = number
    beginnings     = set(string)
    ends           = set(string)
    known_exact    = set(string)
    known_prefixes = set(string)
  })
  nullable = false

  validation {
    condition     = var.probes.limit >= 10 && floor(var.probes.limit) == var.probes.limit && contains([60, 120, 300, 600], var.probes.window_seconds)
    error_message = "probes: limit is a whole number from 10 on, window_seconds 60, 120, 300 or 600."
  }

  validation {
    condition     = length(var.probes.beginnings) + length(var.probes.ends) >= 2 && length(var.probes.known_exact) + length(var.probes.known_prefixes) >= 2
    error_message = "probes: at least two paths of scanners, and two of the service: AWS WAF's \"or\" has at least two parts."
  }

  validation {
    condition     = alltrue([for path in setunion(var.probes.beginnings, var.probes.ends) : path == lower(path) && length(path) >= 2 && length(path) <= 200])
    error_message = "probes: beginnings and ends are compared in lower case, and have 2 to 200 characters."
  }

  validation {
    condition     = alltrue([for path in setunion(var.probes.beginnings, var.probes.known_exact, var.probes.known_prefixes) : startswith(path, "/")])
    error_message = "probes: beginnings and known paths begin with /."
  }
}

variable "methods" {
  description = "The methods that the service has; others are a scanner's."
  type        = set(string)
  nullable    = false

  validation {
    condition     = length(var.methods) >= 2 && alltrue([for method in var.methods : can(regex("^[A-Z]{3,10}$", method))])
    error_message = "methods: at least two, in capitals."
  }
}

variable "honeypot_path" {
  description = "A path that nobody is sent to but robots that ignore robots.txt."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^/[a-z0-9/_-]{2,100}$", var.honeypot_path)) && !startswith(var.honeypot_path, "/api/")
    error_message = "honeypot_path: such as /trap, in lower case, and not below /api/."
  }
}

variable "free_text" {
  description = "Where people write what they like, which may look like SQL, markup or paths: bodies below body_prefix, and the query of query_path. Findings in them are only counted."
  type = object({
    body_prefix = string
    query_path  = string
  })
  nullable = false

  validation {
    condition     = startswith(var.free_text.body_prefix, "/") && startswith(var.free_text.query_path, "/")
    error_message = "free_text: both are paths, beginning with /."
  }
}

variable "large_body_path" {
  description = "The one path with bodies of 100,000 bytes and more."
  type        = string
  nullable    = false

  validation {
    condition     = startswith(var.large_body_path, "/")
    error_message = "large_body_path: a path, beginning with /."
  }
}

variable "log" {
  description = "The log of requests: days kept, all of it or only notable requests (blocked or counted), whether the query is left out, and the key."
  type = object({
    retention_days = number
    keep           = string
    redact_query   = bool
    kms_key_arn    = string
  })
  nullable = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log.retention_days)
    error_message = "log.retention_days: one of CloudWatch's, such as 30, 90, 180 or 365."
  }

  validation {
    condition     = contains(["all", "notable"], var.log.keep)
    error_message = "log.keep: all or notable."
  }

  validation {
    condition     = length(var.log.kms_key_arn) > 0
    error_message = "log.kms_key_arn must not be empty."
  }
}
