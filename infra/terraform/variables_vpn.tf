variable "vpn" {
  description = "OpenVPN for people. client_cidrs: where they may come from; client_network: what addresses they get; database: they may reach the database, too. docs/vpn.md."
  type = object({
    enabled        = optional(bool, false)
    client_cidrs   = optional(list(string), [])
    client_network = optional(string, "10.250.0.0/24")
    port           = optional(number, 1194)
    instance_type  = optional(string, "t3.micro")
    database       = optional(bool, false)
  })
  default  = {}
  nullable = false

  validation {
    condition     = !var.vpn.enabled || length(var.vpn.client_cidrs) > 0
    error_message = "vpn: client_cidrs says where people may come from, such as [\"203.0.113.0/24\"]."
  }

  validation {
    condition     = alltrue([for cidr in var.vpn.client_cidrs : can(cidrhost(cidr, 0))]) && can(cidrhost(var.vpn.client_network, 1))
    error_message = "vpn: client_cidrs and client_network are CIDRs."
  }

  validation {
    condition     = var.vpn.port != 22 && var.vpn.port >= 1 && var.vpn.port <= 65535
    error_message = "vpn: a port of 1 to 65535, and not SSH's."
  }
}

variable "session_manager" {
  description = "Shells on the instances by AWS Systems Manager. agent: its version, and the SHA-256 of that version's package for Debian, which the instances insist on; or agent_in_image: the machine image has one that starts by itself."
  type = object({
    enabled        = optional(bool, false)
    agent          = optional(object({ version = string, sha256 = string }))
    agent_in_image = optional(bool, false)
  })
  default  = {}
  nullable = false

  validation {
    condition     = !var.session_manager.enabled || (var.session_manager.agent != null) != var.session_manager.agent_in_image
    error_message = "session_manager: the agent's version and sha256 (docs/vpn.md says how to find them); or agent_in_image, not both."
  }

  validation {
    condition     = var.session_manager.agent == null ? true : can(regex("^[0-9]+(\\.[0-9]+){3}$", var.session_manager.agent.version)) && can(regex("^[0-9a-f]{64}$", var.session_manager.agent.sha256))
    error_message = "session_manager: an agent's version has four numbers, a sha256 64 hexadecimal digits."
  }
}
