output "proofs" {
  description = "Names whose proof is made here."
  value       = keys(aws_route53_record.proof)
}

output "arn" {
  description = "The certificate's ARN, known once it is issued."
  value       = aws_acm_certificate_validation.this.certificate_arn
}
