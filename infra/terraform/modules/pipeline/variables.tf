variable "name" {
  description = "Name of the pipeline and of everything in it. Pipelines of one store must differ in the first 20 letters."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,19}$", var.name))
    error_message = "name: 2 to 20 lower-case letters, digits and hyphens, beginning with a letter."
  }
}

variable "component" {
  description = "What is built: web (the pages and nginx's configuration) or was (memo)."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["web", "was"], var.component)
    error_message = "component: web or was."
  }
}

variable "place" {
  description = "Where this is, for ARNs and names of services."
  type = object({
    partition  = string
    region     = string
    account    = string
    dns_suffix = string
  })
  nullable = false

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.place.region)) && can(regex("^[0-9]{12}$", var.place.account))
    error_message = "place: a region's code and an account of 12 digits."
  }
}

variable "source_code" {
  description = "Where the source is. codecommit: repository, its ARN, branch. s3: object_key in the store. codeconnections: connection_arn, repository (OWNER/NAME), branch, and file_paths, a change of which starts the pipeline (empty: any)."
  type = object({
    kind           = string
    repository     = optional(string)
    repository_arn = optional(string)
    branch         = optional(string, "main")
    object_key     = optional(string)
    connection_arn = optional(string)
    file_paths     = optional(list(string), [])
  })
  nullable = false

  validation {
    condition     = contains(["codecommit", "s3", "codeconnections"], var.source_code.kind)
    error_message = "source_code.kind: codecommit, s3 or codeconnections."
  }

  validation {
    condition = (
      var.source_code.kind == "s3" ? var.source_code.object_key != null :
      var.source_code.kind == "codecommit" ? var.source_code.repository != null && var.source_code.repository_arn != null :
      var.source_code.repository != null && var.source_code.connection_arn != null
    )
    error_message = "source_code: codecommit needs repository and repository_arn; s3 object_key; codeconnections connection_arn and repository."
  }

  validation {
    condition     = length(var.source_code.file_paths) <= 8
    error_message = "source_code.file_paths: at most 8, as CodePipeline has it."
  }
}

variable "store" {
  description = "The versioned bucket in which stages hand on what they made, with the builds' cache and, of kind s3, the source."
  type = object({
    bucket = string
    arn    = string
  })
  nullable = false

  validation {
    condition     = length(var.store.bucket) > 0 && startswith(var.store.arn, "arn:")
    error_message = "store: a bucket and its ARN."
  }
}

variable "key_arn" {
  description = "The key that encrypts the store's objects and the builds' logs."
  type        = string
  nullable    = false

  validation {
    condition     = startswith(var.key_arn, "arn:")
    error_message = "key_arn: an ARN."
  }
}

variable "releases" {
  description = "The bucket from which instances install: packages below releases/, what is current below channels/."
  type = object({
    bucket = string
    arn    = string
  })
  nullable = false

  validation {
    condition     = length(var.releases.bucket) > 0 && startswith(var.releases.arn, "arn:")
    error_message = "releases: a bucket and its ARN."
  }
}

variable "channel" {
  description = "The channel that the fleet follows."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,30}$", var.channel))
    error_message = "channel: up to 31 lower-case letters, digits and hyphens."
  }
}

variable "architectures" {
  description = "What to build for: amd64, arm64 or both."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.architectures) > 0 && length(distinct(var.architectures)) == length(var.architectures) && length(setsubtract(var.architectures, ["amd64", "arm64"])) == 0
    error_message = "architectures: amd64, arm64 or both."
  }
}

variable "build" {
  description = "Image and size of the build machines, and limits. concurrent: builds of one project at once."
  type = object({
    image                  = string
    compute_type           = string
    timeout_minutes        = number
    queued_timeout_minutes = number
    concurrent             = number
  })
  nullable = false

  validation {
    condition     = var.build.timeout_minutes >= 5 && var.build.timeout_minutes <= 2160 && var.build.queued_timeout_minutes >= 5 && var.build.queued_timeout_minutes <= 480
    error_message = "build: timeout_minutes 5 to 2160, queued_timeout_minutes 5 to 480, as CodeBuild has it."
  }

  validation {
    condition     = var.build.concurrent >= 1
    error_message = "build.concurrent: at least 1."
  }
}

variable "execution_mode" {
  description = "SUPERSEDED: the newest revision overtakes those that wait. QUEUED: every revision, one after the other."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["SUPERSEDED", "QUEUED"], var.execution_mode)
    error_message = "execution_mode: SUPERSEDED or QUEUED. PARALLEL would let two deployments meet in one fleet."
  }
}

variable "approval" {
  description = "Whether a person must agree before the deployment, and how long a question stands."
  type = object({
    enabled         = bool
    timeout_minutes = number
  })
  nullable = false

  validation {
    condition     = var.approval.timeout_minutes >= 5 && var.approval.timeout_minutes <= 86400
    error_message = "approval.timeout_minutes: 5 to 86400, as CodePipeline has it."
  }
}

variable "fleet" {
  description = "What is deployed to: the auto scaling group, its architecture, its target group and load balancer."
  type = object({
    group_name        = string
    architecture      = string
    target_group_arn  = string
    load_balancer_arn = string
  })
  nullable = false

  validation {
    condition     = contains(var.architectures, var.fleet.architecture)
    error_message = "fleet.architecture: one of those that are built (architectures)."
  }
}

variable "deploy" {
  description = "minimum_healthy_percent: how much of the fleet keeps serving; one_at_a_time: all but one instance do, however large it is. errors_per_minute and unhealthy_minutes: when the deployment stops and goes back. further_alarms: names of others that stop it, too."
  type = object({
    minimum_healthy_percent = number
    one_at_a_time           = bool
    errors_per_minute       = number
    unhealthy_minutes       = number
    further_alarms          = list(string)
  })
  nullable = false

  validation {
    condition     = var.deploy.minimum_healthy_percent >= 1 && var.deploy.minimum_healthy_percent <= 99
    error_message = "deploy.minimum_healthy_percent: 1 to 99; at 100 nothing could be deployed, at 0 nothing would serve."
  }

  validation {
    condition     = var.deploy.errors_per_minute >= 1 && var.deploy.unhealthy_minutes >= 1 && length(var.deploy.further_alarms) <= 8
    error_message = "deploy: errors_per_minute and unhealthy_minutes at least 1; at most 8 further alarms, because CodeDeploy takes 10."
  }
}

variable "topic" {
  description = "SNS topic that hears of failures, rollbacks and questions; its policy lets events, CodeDeploy's role and the pipeline's publish. null: none."
  type = object({
    arn = string
  })
  default = null

  validation {
    condition     = var.topic == null ? true : can(regex("^arn:[a-z-]+:sns:", var.topic.arn))
    error_message = "topic.arn: the ARN of an SNS topic."
  }
}

variable "log_retention_days" {
  description = "Days for which the builds' output is kept."
  type        = number
  nullable    = false

  validation {
    condition     = var.log_retention_days >= 1
    error_message = "log_retention_days: at least 1."
  }
}
