# Stands in for modules/new_password in tests: Terraform's mock providers know no ephemeral
# resources. tools/check_infra puts it into its copy of the root.
variable "stand_in" {
  description = "Not a secret; a variable, because only a variable's value can be ephemeral without one."
  type        = string
  default     = "0123456789abcdefghijklmnopqrstuv"
  ephemeral   = true
  nullable    = false
}
