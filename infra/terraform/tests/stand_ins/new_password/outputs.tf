output "password" {
  description = "Not a secret."
  value       = var.stand_in
  ephemeral   = true
}
