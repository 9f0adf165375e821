variable "name" {
  description = "Name of the role, the policy and the instance profile. IAM is global: it must differ between regions."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9+=,.@_-]{1,64}$", var.name))
    error_message = "name: up to 64 letters, digits and + = , . @ _ -."
  }
}

variable "artifact_arns" {
  description = "S3 objects (with wildcards) that the instances may download: their own artifact's versions."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.artifact_arns) > 0 && alltrue([for arn in var.artifact_arns : !endswith(arn, ":::*")])
    error_message = "artifact_arns: at least one, and not every object there is."
  }
}

variable "secret" {
  description = "The one secret that the instances may read, and its key. null: none."
  type = object({
    arn         = string
    kms_key_arn = string
  })
  default = null

  validation {
    condition     = var.secret == null ? true : !strcontains(var.secret.arn, "*")
    error_message = "secret.arn names one secret, without wildcards."
  }
}

variable "region" {
  description = "The region whose Secrets Manager may use the key on the instances' behalf."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region: a region's code, such as ap-northeast-2."
  }
}

variable "dns_suffix" {
  description = "The partition's domain: amazonaws.com."
  type        = string
  default     = "amazonaws.com"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9.-]+$", var.dns_suffix))
    error_message = "dns_suffix: a domain name."
  }
}

variable "revisions" {
  description = "What CodeDeploy hands the instances: objects in the pipelines' bucket, and the key they are encrypted with. null: no pipeline deploys to them."
  type = object({
    arn         = string
    kms_key_arn = string
  })
  default = null

  validation {
    condition     = var.revisions == null ? true : endswith(var.revisions.arn, "/*") && !endswith(var.revisions.arn, ":::*")
    error_message = "revisions.arn: the objects of one pipeline."
  }
}
