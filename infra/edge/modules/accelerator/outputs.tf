output "addresses" {
  description = "The two addresses that stay the same."
  value       = flatten([for set in aws_globalaccelerator_accelerator.this.ip_sets : set.ip_addresses])
}

output "dns_name" {
  description = "Global Accelerator's own name for it."
  value       = aws_globalaccelerator_accelerator.this.dns_name
}

output "hosted_zone_id" {
  description = "The zone of that name, for alias records."
  value       = aws_globalaccelerator_accelerator.this.hosted_zone_id
}
