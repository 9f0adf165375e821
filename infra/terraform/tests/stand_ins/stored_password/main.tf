# Stands in for modules/stored_password in tests; see new_password. Its variables stay.
variable "stand_in" {
  description = "Not a secret; a variable, because only a variable's value can be ephemeral without one."
  type        = string
  default     = "0123456789abcdefghijklmnopqrstuv"
  ephemeral   = true
  nullable    = false
}
