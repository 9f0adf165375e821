# One certificate for the public names and for the back load balancer's, proven by DNS.
resource "aws_acm_certificate" "this" {
  domain_name               = var.domain
  subject_alternative_names = var.alternative_names
  validation_method         = "DNS"
  key_algorithm             = "EC_prime256v1"

  tags = { Name = var.domain }

  lifecycle {
    create_before_destroy = true
  }
}

locals {
  # Known only after the certificate was asked for, so nothing here may decide how many records there are.
  proofs = {
    for name in concat([var.domain], var.alternative_names) :
    name => one([for option in aws_acm_certificate.this.domain_validation_options : option if option.domain_name == name])
  }
}

resource "aws_route53_record" "proof" {
  for_each = toset(var.validated_here)

  zone_id = var.zone_id
  name    = local.proofs[each.key].resource_record_name
  type    = local.proofs[each.key].resource_record_type
  records = [local.proofs[each.key].resource_record_value]
  ttl     = 60

  # A certificate that replaces this one has the same proof.
  allow_overwrite = true
}

resource "aws_acm_certificate_validation" "this" {
  certificate_arn         = aws_acm_certificate.this.arn
  validation_record_fqdns = [for proof in local.proofs : trimsuffix(proof.resource_record_name, ".")]

  timeouts {
    create = var.validation_timeout
  }

  depends_on = [aws_route53_record.proof]
}
