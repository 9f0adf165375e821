# The two pipelines, one per fleet. Off: versions come with an apply.
variable "pipelines" {
  description = <<-END
    Pipelines that build, deploy and publish the two components.
    source.kind: codecommit (repository is a name; create_repository makes it), s3 (a ZIP file, object_key in the
    pipelines' bucket) or codeconnections (repository is OWNER/NAME; connection_arn, or provider_type to make a
    connection, which a person completes once). source.file_paths: per component, what starts its pipeline (of
    codeconnections only). architectures: amd64, arm64 or both; the fleets' own among them. build.image: Debian 12, which
    the packages are for. approval: a person agrees before a deployment. deploy: how much of a fleet keeps serving, and
    what stops a deployment. agent: the package of the CodeDeploy agent in AWS's own bucket, and its SHA-256; or
    agent_in_image: the machine image has one that starts by itself.
  END
  type = object({
    enabled = optional(bool, false)
    channel = optional(string, "stable")
    source = optional(object({
      kind              = optional(string, "codecommit")
      repository        = optional(string, "scv")
      create_repository = optional(bool, true)
      branch            = optional(string, "main")
      object_key        = optional(string, "source/source.zip")
      connection_arn    = optional(string)
      provider_type     = optional(string, "GitHub")
      file_paths        = optional(map(list(string)), {})
    }), {})
    architectures  = optional(list(string), ["amd64"])
    execution_mode = optional(string, "SUPERSEDED")
    build = optional(object({
      image                  = optional(string, "public.ecr.aws/docker/library/debian:12")
      compute_type           = optional(map(string), { web = "BUILD_GENERAL1_SMALL", was = "BUILD_GENERAL1_LARGE" })
      timeout_minutes        = optional(number, 90)
      queued_timeout_minutes = optional(number, 120)
      concurrent             = optional(number, 1)
    }), {})
    approval = optional(object({
      enabled         = optional(bool, false)
      timeout_minutes = optional(number, 1440)
    }), {})
    deploy = optional(object({
      minimum_healthy_percent = optional(number, 50)
      one_at_a_time           = optional(bool, false)
      errors_per_minute       = optional(number, 10)
      unhealthy_minutes       = optional(number, 3)
      further_alarms          = optional(list(string), [])
    }), {})
    topic_arn = optional(string)
    agent = optional(object({
      key    = string
      sha256 = string
    }))
    agent_in_image = optional(bool, false)
  })
  default  = {}
  nullable = false

  validation {
    condition     = contains(["codecommit", "s3", "codeconnections"], var.pipelines.source.kind)
    error_message = "pipelines.source.kind: codecommit, s3 or codeconnections."
  }

  validation {
    condition     = var.pipelines.source.kind != "codeconnections" || can(regex("^[^/]+(/[^/]+)+$", var.pipelines.source.repository))
    error_message = "pipelines.source.repository: OWNER/NAME, where the source is a connection."
  }

  validation {
    condition     = !startswith(var.pipelines.source.object_key, "cache/") && can(regex("^[A-Za-z0-9/_.-]+\\.zip$", var.pipelines.source.object_key))
    error_message = "pipelines.source.object_key: the key of a .zip, not below cache/."
  }

  validation {
    condition     = length(setsubtract(keys(var.pipelines.source.file_paths), ["web", "was"])) == 0
    error_message = "pipelines.source.file_paths: lists for web and was."
  }

  validation {
    condition     = length(setsubtract(["web", "was"], keys(var.pipelines.build.compute_type))) == 0
    error_message = "pipelines.build.compute_type: for web and was."
  }

  validation {
    condition     = !var.pipelines.enabled || (var.pipelines.agent != null) != var.pipelines.agent_in_image
    error_message = "pipelines.agent: which package of the CodeDeploy agent the instances install, and its SHA-256 (docs/pipelines.md says how to find out); or agent_in_image, not both."
  }
}
