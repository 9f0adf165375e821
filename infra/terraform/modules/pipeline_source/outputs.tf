output "repository" {
  description = "The repository's name, usable once it stands."
  value       = var.repository

  depends_on = [aws_codecommit_repository.this, aws_s3_bucket_notification.this]
}

output "clone_url" {
  description = "Where to push, if the repository was made here."
  value       = one(aws_codecommit_repository.this[*].clone_url_http)
}

output "connection_arn" {
  description = "The connection, made or named. null: none is used."
  value       = var.kind != "codeconnections" ? null : var.connection_arn == null ? one(aws_codeconnections_connection.this[*].arn) : var.connection_arn
}
