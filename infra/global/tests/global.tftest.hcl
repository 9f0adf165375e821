# What is global, with two regions that stand: planned and applied against mocks.
mock_provider "aws" {
  source = "./tests/mocks"

  override_data {
    target = data.aws_availability_zones.this["primary"]
    values = { names = ["ap-northeast-2c", "ap-northeast-2a", "ap-northeast-2b"] }
  }

  override_data {
    target = data.aws_availability_zones.this["secondary"]
    values = { names = ["ap-northeast-1d", "ap-northeast-1a", "ap-northeast-1c"] }
  }
}

variables {
  domain = "example.com"
}

run "apply" {
  assert {
    condition     = toset(keys(aws_route.peer)) == toset(["db ap-northeast-1a", "db ap-northeast-1c", "db ap-northeast-2a", "db ap-northeast-2b", "was ap-northeast-1a", "was ap-northeast-1c", "was ap-northeast-2a", "was ap-northeast-2b"])
    error_message = "A route for every WAS and database table of both regions."
  }

  assert {
    condition     = toset([for route in aws_route.peer : route.destination_cidr_block]) == toset(["10.20.32.0/20", "10.20.48.0/20"])
    error_message = "WAS tables lead to the other region's database subnets, database tables back to its WAS subnets."
  }

  assert {
    condition     = aws_vpc_peering_connection_accepter.this.region == "ap-northeast-1" && aws_vpc_peering_connection.this.region == "ap-northeast-2"
    error_message = "Seoul asks, Tokyo accepts."
  }

  assert {
    condition     = aws_cloudformation_stack.failover.parameters["Geolocation"] == "off" && aws_cloudformation_stack.failover.parameters["ReadyPath"] == "/readyz"
    error_message = "By health alone, unless countries are wanted."
  }

  assert {
    condition     = strcontains(aws_cloudformation_stack.failover.template_body, "AWS::Route53::RecordSetGroup")
    error_message = "The stack is infra/cloudformation/failover.yaml."
  }
}

run "by_country" {
  command = plan

  variables {
    zone_count   = 3
    geolocation  = { enabled = true }
    health_check = { interval = 30, threshold = 2 }
  }

  assert {
    condition     = length(aws_route.peer) == 12 && aws_cloudformation_stack.failover.parameters["Geolocation"] == "on" && aws_cloudformation_stack.failover.parameters["CheckInterval"] == "30"
    error_message = "Three zones, countries, slower probes."
  }
}

run "seoul_was_lost" {
  command = plan

  variables {
    fenced_region = "ap-northeast-2"
  }

  assert {
    condition     = aws_cloudformation_stack.failover.parameters["Fenced"] == "primary"
    error_message = "No name leads to Seoul."
  }
}

run "a_third_region" {
  command = plan

  variables {
    fenced_region = "us-east-1"
  }

  expect_failures = [var.fenced_region]
}

run "one_region_twice" {
  command = plan

  variables {
    secondary_region = "ap-northeast-2"
  }

  expect_failures = [var.secondary_region]
}

run "stack_where_it_can_fail" {
  command = plan

  variables {
    stack_region = "ap-northeast-1"
  }

  expect_failures = [var.stack_region]
}

run "odd_probes" {
  command = plan

  variables {
    health_check = { interval = 5 }
  }

  expect_failures = [var.health_check]
}

run "one_country_twice" {
  command = plan

  variables {
    geolocation = { enabled = true, primary_country = "JP" }
  }

  expect_failures = [var.geolocation]
}
