# The two fleets and what runs on them.
variable "release" {
  description = "The version to run and the SHA-256 of its packages, when a pipeline has put them into the artifact bucket. null: what artifacts_directory has."
  type = object({
    version     = string
    platform    = optional(string, "debian12-amd64")
    memo_sha256 = string
    web_sha256  = string
  })
  default = null

  validation {
    condition     = var.release == null ? true : can(regex("^[0-9][0-9A-Za-z.~-]*$", var.release.version))
    error_message = "release.version: a digit, then letters, digits and . ~ -."
  }
}

variable "artifacts_directory" {
  description = "A directory as tools/package makes it: manifest.json and releases/. Its packages are uploaded. null: a pipeline publishes them."
  type        = string
  default     = null

  validation {
    condition     = var.artifacts_directory == null ? true : fileexists("${var.artifacts_directory}/manifest.json")
    error_message = "artifacts_directory: there is no manifest.json in it. Make it: ./scv build."
  }

  validation {
    condition     = var.artifacts_directory != null || var.release != null
    error_message = "Say what to run: artifacts_directory (build/artifacts, made by ./scv build), or release."
  }
}

variable "image_id" {
  description = "The AMI. null: the newest of image_name by image_owner."
  type        = string
  default     = null

  validation {
    condition     = var.image_id == null ? true : can(regex("^ami-[0-9a-f]+$", var.image_id))
    error_message = "image_id: ami- and hexadecimal digits."
  }
}

variable "image_name" {
  description = "Name of the AMI, with wildcards. A newer one rolls out with the next apply; name one exactly to prevent it."
  type        = string
  default     = "debian-12-amd64-2*"
  nullable    = false

  validation {
    condition     = startswith(var.image_name, "debian-12-")
    error_message = "image_name: of Debian 12, which the packages are built for."
  }
}

variable "image_owner" {
  description = "Account that publishes the AMI: Debian's."
  type        = string
  default     = "136693071363"
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}$", var.image_owner))
    error_message = "image_owner: 12 digits."
  }
}

variable "web" {
  description = "The web fleet (nginx): size, and what scales it. requests_per_target is per minute."
  type = object({
    instance_type       = optional(string, "t3.micro")
    port                = optional(number, 80)
    min                 = optional(number, 2)
    max                 = optional(number, 4)
    desired             = optional(number)
    cpu                 = optional(number, 60)
    requests_per_target = optional(number)
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.web.min >= 1 && var.web.max >= var.web.min
    error_message = "web: 1 <= min <= max."
  }
}

variable "was" {
  description = "The WAS fleet (memo): size, and what scales it. requests_per_target is per minute. global_fallback: what a write of durability global gets that the other region does not confirm in time, fail (503) or region (and the answer says so)."
  type = object({
    instance_type       = optional(string, "t3.small")
    port                = optional(number, 8080)
    min                 = optional(number, 2)
    max                 = optional(number, 6)
    desired             = optional(number)
    cpu                 = optional(number, 60)
    requests_per_target = optional(number)
    log_level           = optional(string, "info")
    signup              = optional(string, "open")
    global_fallback     = optional(string, "fail")
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.was.min >= 1 && var.was.max >= var.was.min
    error_message = "was: 1 <= min <= max."
  }

  validation {
    condition     = contains(["debug", "info", "warning", "error"], var.was.log_level) && contains(["open", "closed"], var.was.signup)
    error_message = "was: log_level is debug, info, warning or error; signup is open or closed."
  }

  validation {
    condition     = contains(["fail", "region"], var.was.global_fallback)
    error_message = "was: global_fallback is fail or region."
  }
}

variable "scaling_style" {
  description = "target_tracking: keep cpu and requests_per_target near their targets. step: the two policies scale-out and scale-in, on alarms of the CPU."
  type        = string
  default     = "target_tracking"
  nullable    = false

  validation {
    condition     = contains(["target_tracking", "step"], var.scaling_style)
    error_message = "scaling_style: target_tracking or step."
  }
}

variable "step_scaling" {
  description = "Thresholds of the step policies, in percent of CPU, and for how many periods (of that many seconds) they hold before an alarm."
  type = object({
    high         = optional(number, 70)
    low          = optional(number, 30)
    period       = optional(number, 60)
    high_periods = optional(number, 2)
    low_periods  = optional(number, 5)
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.step_scaling.low < var.step_scaling.high
    error_message = "step_scaling: low is below high, or the fleets would never rest."
  }
}

variable "timing" {
  description = "Seconds: health_check_grace after a start, warmup before an instance counts, cooldown between simple adjustments. capacity_timeout: how long apply waits for instances that are healthy at their load balancer."
  type = object({
    health_check_grace = optional(number, 120)
    warmup             = optional(number, 60)
    cooldown           = optional(number, 60)
    capacity_timeout   = optional(string, "15m")
  })
  default  = {}
  nullable = false

  validation {
    condition     = min(var.timing.health_check_grace, var.timing.warmup, var.timing.cooldown) >= 0
    error_message = "timing: no negative numbers."
  }
}

variable "refresh" {
  description = "Rolling out a version: percent of the capacity that stays healthy, and that may exist at once; optional stops on the way."
  type = object({
    min_healthy_percentage = optional(number, 100)
    max_healthy_percentage = optional(number, 150)
    checkpoints            = optional(list(number), [])
    checkpoint_delay       = optional(number, 300)
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.refresh.max_healthy_percentage > var.refresh.min_healthy_percentage
    error_message = "refresh: max_healthy_percentage is above min_healthy_percentage, or nothing could be replaced."
  }
}
