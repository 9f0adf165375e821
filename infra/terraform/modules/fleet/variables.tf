variable "name" {
  description = "Name of the launch template, the auto scaling group and its instances."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,40}$", var.name))
    error_message = "name: 2 to 41 lower-case letters, digits and hyphens, beginning with a letter."
  }
}

variable "image_id" {
  description = "The AMI."
  type        = string
  nullable    = false

  validation {
    condition     = length(var.image_id) > 0
    error_message = "image_id must not be empty."
  }
}

variable "instance_type" {
  description = "The instances' type, of the AMI's architecture."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9-]+\\.[a-z0-9-]+$", var.instance_type))
    error_message = "instance_type: such as t3.micro."
  }
}

variable "root_volume_gib" {
  description = "Size of the root volume."
  type        = number
  default     = 8
  nullable    = false

  validation {
    condition     = var.root_volume_gib >= 8 && var.root_volume_gib <= 1024
    error_message = "root_volume_gib: 8 to 1024."
  }
}

variable "instance_profile" {
  description = "Name of the instance profile."
  type        = string
  nullable    = false

  validation {
    condition     = length(var.instance_profile) > 0
    error_message = "instance_profile must not be empty."
  }
}

variable "security_group_id" {
  description = "The instances' security group."
  type        = string
  nullable    = false

  validation {
    condition     = length(var.security_group_id) > 0
    error_message = "security_group_id must not be empty."
  }
}

variable "subnet_ids" {
  description = "Private subnets, one per zone; the instances are spread over them."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.subnet_ids) >= 2
    error_message = "subnet_ids: at least two, in different zones."
  }
}

variable "target_group_arn" {
  description = "The target group that the instances join."
  type        = string
  nullable    = false

  validation {
    condition     = length(var.target_group_arn) > 0
    error_message = "target_group_arn must not be empty."
  }
}

variable "user_data" {
  description = "The boot script, in plain text. Anyone who may read the launch template reads it: no secrets."
  type        = string
  nullable    = false

  validation {
    condition     = startswith(var.user_data, "#!/") && length(var.user_data) <= 16384
    error_message = "user_data: a script of at most 16 KiB."
  }
}

variable "release" {
  description = "The version that the boot script installs; a tag of the instances."
  type        = string
  nullable    = false

  validation {
    condition     = length(var.release) > 0
    error_message = "release must not be empty."
  }
}

variable "capacity" {
  description = "How many instances at least and at most, and how many to begin with. null for desired: min."
  type = object({
    min     = number
    max     = number
    desired = optional(number)
  })
  nullable = false

  validation {
    condition = (
      var.capacity.min >= 1 && var.capacity.max >= var.capacity.min
      && coalesce(var.capacity.desired, var.capacity.min) >= var.capacity.min
      && coalesce(var.capacity.desired, var.capacity.min) <= var.capacity.max
    )
    error_message = "capacity: 1 <= min <= desired <= max."
  }
}

variable "timing" {
  description = "Seconds: health_check_grace after a start, warmup before an instance counts, cooldown between simple adjustments; capacity_timeout is how long apply waits for healthy instances."
  type = object({
    health_check_grace = number
    warmup             = number
    cooldown           = number
    capacity_timeout   = string
  })
  nullable = false

  validation {
    condition     = min(var.timing.health_check_grace, var.timing.warmup, var.timing.cooldown) >= 0
    error_message = "timing: no negative numbers."
  }

  validation {
    condition     = can(regex("^[0-9]+[hms]$", var.timing.capacity_timeout))
    error_message = "timing.capacity_timeout: a number with h, m or s."
  }
}

variable "refresh" {
  description = "Rolling out a new launch template: percent of the capacity that stays healthy and that may exist at once."
  type = object({
    min_healthy_percentage = number
    max_healthy_percentage = number
    checkpoints            = list(number)
    checkpoint_delay       = number
  })
  nullable = false

  validation {
    condition = (
      var.refresh.min_healthy_percentage >= 0 && var.refresh.min_healthy_percentage <= 100
      && var.refresh.max_healthy_percentage >= 100 && var.refresh.max_healthy_percentage <= 200
      && var.refresh.max_healthy_percentage - var.refresh.min_healthy_percentage <= 100
    )
    error_message = "refresh: min 0 to 100, max 100 to 200, and at most 100 between them, as EC2 Auto Scaling has it."
  }

  validation {
    condition     = length(var.refresh.checkpoints) == 0 || try(var.refresh.checkpoints[length(var.refresh.checkpoints) - 1], 0) == 100
    error_message = "refresh.checkpoints: none, or rising percentages with 100 at the end."
  }
}

variable "scaling" {
  description = "style: target_tracking or step. cpu and requests_per_target (a minute) are the targets, null for none; the step policies use the cpu thresholds high and low, for periods of period seconds."
  type = object({
    style                 = string
    cpu                   = optional(number)
    requests_per_target   = optional(number)
    disable_scale_in      = optional(bool, false)
    high                  = optional(number, 70)
    low                   = optional(number, 30)
    period                = optional(number, 60)
    high_periods          = optional(number, 2)
    low_periods           = optional(number, 5)
    estimated_warmup      = optional(number)
    step_out_large_excess = optional(number, 20)
  })
  nullable = false

  validation {
    condition     = contains(["target_tracking", "step"], var.scaling.style)
    error_message = "scaling.style: target_tracking or step."
  }

  validation {
    condition = (
      var.scaling.style == "step"
      || var.scaling.cpu != null || var.scaling.requests_per_target != null
    )
    error_message = "scaling: target tracking needs a target, cpu or requests_per_target."
  }

  validation {
    condition     = var.scaling.low < var.scaling.high
    error_message = "scaling: low is below high, or the fleet would never rest."
  }
}

variable "resource_label" {
  description = "Names the load balancer and the target group in the metric of requests per target."
  type        = string
  nullable    = false

  validation {
    condition     = length(var.resource_label) > 0
    error_message = "resource_label must not be empty."
  }
}

variable "force_delete" {
  description = "Delete the group without waiting for its instances to end."
  type        = bool
  nullable    = false
}

variable "tags" {
  description = "Tags of instances and volumes, which the provider's default tags do not reach."
  type        = map(string)
  nullable    = false

  validation {
    condition     = length(var.tags) <= 40
    error_message = "tags: at most 40."
  }
}
