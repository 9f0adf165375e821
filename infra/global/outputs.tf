output "url" {
  description = "The service, wherever it runs."
  value       = "https://www.${var.domain}/"
}

output "stack" {
  description = "The stack of the failover routing: its id, and what it says of itself."
  value       = { id = aws_cloudformation_stack.failover.id, outputs = aws_cloudformation_stack.failover.outputs }
}

output "peering" {
  description = "The peering connection between the two VPCs."
  value       = aws_vpc_peering_connection.this.id
}
