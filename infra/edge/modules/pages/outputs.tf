output "bucket" {
  description = "The bucket's name, usable once its policy stands."
  value       = module.bucket.bucket
}
