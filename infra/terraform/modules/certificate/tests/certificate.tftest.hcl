mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  domain            = "example.com"
  alternative_names = ["www.example.com", "api.example.com", "was.ap-northeast-2.example.com"]
  validated_here    = ["example.com", "www.example.com", "api.example.com", "was.ap-northeast-2.example.com"]
  zone_id           = "Z0123456789"
}

run "all_names" {
  assert {
    condition     = length(aws_route53_record.proof) == 4 && aws_route53_record.proof["www.example.com"].name == "_0.www.example.com."
    error_message = "Each name has its proof."
  }

  assert {
    condition     = contains(aws_acm_certificate_validation.this.validation_record_fqdns, "_0.api.example.com")
    error_message = "The validation waits for every proof."
  }
}

run "proven_elsewhere" {
  variables {
    validated_here = ["was.ap-northeast-2.example.com"]
  }

  assert {
    condition     = length(aws_route53_record.proof) == 1 && length(aws_acm_certificate_validation.this.validation_record_fqdns) == 4
    error_message = "Another region made the shared names' records; the certificate still waits for all."
  }
}

run "upper_case" {
  command = plan

  variables {
    domain = "Example.com"
  }

  expect_failures = [var.domain]
}
