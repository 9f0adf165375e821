mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  name                 = "scv"
  region               = "ap-northeast-2"
  vpc_cidr             = "10.10.0.0/16"
  zones                = ["ap-northeast-2a", "ap-northeast-2b"]
  single_nat_gateway   = false
  flow_log_destination = "arn:aws:s3:::logs/vpc"
}

run "two_zones" {
  assert {
    condition     = length(aws_subnet.this) == 8 && length(distinct([for subnet in aws_subnet.this : subnet.cidr_block])) == 8
    error_message = "Four tiers in two zones, each with its own addresses."
  }

  assert {
    condition     = alltrue([for subnet in aws_subnet.this : !subnet.map_public_ip_on_launch])
    error_message = "No subnet gives out public addresses by itself."
  }

  assert {
    condition     = aws_route.nat["was-ap-northeast-2b"].nat_gateway_id == aws_nat_gateway.this["ap-northeast-2b"].id
    error_message = "Each zone leaves through its own NAT gateway."
  }

  assert {
    condition     = length(output.database_default_routes) == 0 && length(aws_route.nat) == 4 && length(aws_route.internet) == 2
    error_message = "Web and WAS leave by NAT, load balancers by the internet gateway, the database not at all."
  }
}

run "one_nat_gateway" {
  variables {
    single_nat_gateway = true
  }

  assert {
    condition     = length(aws_nat_gateway.this) == 1 && aws_route.nat["web-ap-northeast-2b"].nat_gateway_id == aws_nat_gateway.this["ap-northeast-2a"].id
    error_message = "Both zones leave through the first zone's NAT gateway."
  }
}

run "one_zone_is_not_enough" {
  command = plan

  variables {
    zones = ["ap-northeast-2a"]
  }

  expect_failures = [var.zones]
}

run "too_small" {
  command = plan

  variables {
    vpc_cidr = "10.10.0.0/24"
  }

  expect_failures = [var.vpc_cidr]
}
