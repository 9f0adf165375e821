# Tokyo: another region, not the primary one; its zone is looked up.
mock_provider "aws" {
  source = "./tests/mocks"

  override_data {
    target = data.aws_availability_zones.available
    values = { names = ["ap-northeast-1a", "ap-northeast-1c", "ap-northeast-1d"] }
  }
}

variables {
  region              = "ap-northeast-1"
  domain              = "example.com"
  isPrimary           = false
  artifacts_directory = "./tests/artifacts"
}

run "plan" {
  command = plan

  assert {
    condition     = local.vpc_cidr == "10.20.0.0/16"
    error_message = "Tokyo's addresses do not overlap Seoul's."
  }

  assert {
    condition     = length(aws_route53_zone.this) == 0 && length(aws_route53_record.public) == 0
    error_message = "The zone and the public names belong to the primary region."
  }

  assert {
    condition     = local.zone_id == "Z0123456789LOOKEDUP"
    error_message = "The zone is looked up."
  }

  assert {
    condition     = aws_route53_record.back.name == "was.ap-northeast-1.example.com"
    error_message = "Each region has a name of its own for its back load balancer."
  }

  assert {
    condition     = local.artifacts_bucket == "scv-artifacts-123456789012-ap-northeast-1"
    error_message = "Each region has buckets of its own."
  }
}

run "apply" {}
