variable "secret_version" {
  description = "The secret's ARN and the version to read."
  type = object({
    secret_id  = string
    version_id = string
  })
  nullable = false

  validation {
    condition     = length(var.secret_version.secret_id) > 0
    error_message = "secret_version.secret_id must not be empty."
  }
}
