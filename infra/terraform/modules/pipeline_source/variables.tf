variable "name" {
  description = "Prefix of names."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,24}$", var.name))
    error_message = "name: 2 to 25 lower-case letters, digits and hyphens, beginning with a letter."
  }
}

variable "kind" {
  description = "codecommit, s3 or codeconnections."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["codecommit", "s3", "codeconnections"], var.kind)
    error_message = "kind: codecommit, s3 or codeconnections."
  }
}

variable "repository" {
  description = "The repository's name; OWNER/NAME, where it is a connection's."
  type        = string
  nullable    = false

  validation {
    condition     = var.kind != "codeconnections" || can(regex("^[^/]+(/[^/]+)+$", var.repository))
    error_message = "repository: OWNER/NAME, where the source is a connection."
  }
}

variable "create_repository" {
  description = "Make the CodeCommit repository, in place of using one that is there."
  type        = bool
  nullable    = false
}

variable "connection_arn" {
  description = "A connection that is there. null: make one of provider_type."
  type        = string
  default     = null

  validation {
    condition     = var.connection_arn == null ? true : can(regex("^arn:[a-z-]+:(codeconnections|codestar-connections):", var.connection_arn))
    error_message = "connection_arn: the ARN of a connection."
  }
}

variable "provider_type" {
  description = "Whose repositories a new connection leads to."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["GitHub", "GitLab", "Bitbucket", "AzureDevOps"], var.provider_type)
    error_message = "provider_type: GitHub, GitLab, Bitbucket or AzureDevOps."
  }
}

variable "bucket" {
  description = "The pipelines' bucket."
  type        = string
  nullable    = false

  validation {
    condition     = length(var.bucket) > 0
    error_message = "bucket must not be empty."
  }
}

variable "key_arn" {
  description = "The key that encrypts a new repository."
  type        = string
  nullable    = false

  validation {
    condition     = startswith(var.key_arn, "arn:")
    error_message = "key_arn: an ARN."
  }
}
