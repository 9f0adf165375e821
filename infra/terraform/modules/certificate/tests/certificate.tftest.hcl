mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  domain            = "example.com"
  alternative_names = ["www.example.com", "api.example.com"]
  validated_here    = ["example.com", "www.example.com", "api.example.com"]
  zone_id           = "Z0123456789"
}

run "all_names" {
  assert {
    condition     = length(aws_route53_record.proof) == 3 && aws_route53_record.proof["www.example.com"].name == "_0.www.example.com."
    error_message = "Each name has its proof."
  }

  assert {
    condition     = contains(aws_acm_certificate_validation.this.validation_record_fqdns, "_0.api.example.com")
    error_message = "The validation waits for every proof."
  }
}

run "proven_elsewhere" {
  variables {
    validated_here = []
    zone_id        = null
  }

  assert {
    condition     = length(aws_route53_record.proof) == 0 && length(aws_acm_certificate_validation.this.validation_record_fqdns) == 3
    error_message = "Another region made the records; the certificate still waits for all."
  }
}

run "proofs_without_a_zone" {
  command = plan

  variables {
    zone_id = null
  }

  expect_failures = [var.zone_id]
}

run "upper_case" {
  command = plan

  variables {
    domain = "Example.com"
  }

  expect_failures = [var.domain]
}
