output "address" {
  description = "The database's host name; after a failover it leads to the new primary."
  value       = aws_db_instance.this.address
}

output "port" {
  description = "TCP port."
  value       = aws_db_instance.this.port
}

output "arn" {
  description = "The DB instance's ARN."
  value       = aws_db_instance.this.arn
}

output "identifier" {
  description = "The DB instance's identifier, which names its metrics."
  value       = aws_db_instance.this.identifier
}
