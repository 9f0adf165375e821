mock_provider "aws" {
  mock_resource "aws_globalaccelerator_accelerator" {
    defaults = { arn = "arn:aws:globalaccelerator::123456789012:accelerator/01234567-89ab-cdef-0123-456789abcdef" }
  }

  mock_resource "aws_globalaccelerator_listener" {
    defaults = { arn = "arn:aws:globalaccelerator::123456789012:accelerator/01234567-89ab-cdef-0123-456789abcdef/listener/01234567" }
  }
}

variables {
  name     = "scv"
  affinity = false
  endpoints = {
    primary   = { region = "ap-northeast-2", load_balancer_arn = "arn:aws:elasticloadbalancing:ap-northeast-2:123456789012:loadbalancer/app/scv-front/1", dial = 100 }
    secondary = { region = "ap-northeast-1", load_balancer_arn = "arn:aws:elasticloadbalancing:ap-northeast-1:123456789012:loadbalancer/app/scv-front/2", dial = 0 }
  }
}

run "a_group_per_region" {
  assert {
    condition     = { for side, group in aws_globalaccelerator_endpoint_group.this : side => group.traffic_dial_percentage } == { primary = 100, secondary = 0 }
    error_message = "Each region has its dial."
  }

  assert {
    condition     = alltrue([for group in aws_globalaccelerator_endpoint_group.this : one(group.endpoint_configuration).client_ip_preservation_enabled])
    error_message = "Clients' addresses are preserved."
  }

  assert {
    condition     = length(aws_globalaccelerator_accelerator.this.attributes) == 0
    error_message = "No flow logs unless a bucket is named."
  }
}

run "flow_logs" {
  variables {
    logs = { bucket = "scv-accelerator-logs" }
  }

  assert {
    condition     = aws_globalaccelerator_accelerator.this.attributes[0].flow_logs_enabled
    error_message = "Into the bucket."
  }
}

run "two_groups_in_a_region_are_refused" {
  command = plan

  variables {
    endpoints = {
      one = { region = "ap-northeast-2", load_balancer_arn = "arn:aws:elasticloadbalancing:ap-northeast-2:123456789012:loadbalancer/app/one/1", dial = 100 }
      two = { region = "ap-northeast-2", load_balancer_arn = "arn:aws:elasticloadbalancing:ap-northeast-2:123456789012:loadbalancer/app/two/2", dial = 100 }
    }
  }

  expect_failures = [var.endpoints]
}
