mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  name          = "scv"
  vpc_id        = "vpc-0123456789abcdef0"
  client_cidrs  = ["0.0.0.0/0"]
  web_port      = 80
  was_port      = 8080
  database_port = 3306
}

run "chain" {
  assert {
    condition = (
      aws_vpc_security_group_ingress_rule.between["was_to_db"].security_group_id == output.group_ids["db"]
      && aws_vpc_security_group_ingress_rule.between["was_to_db"].referenced_security_group_id == output.group_ids["was"]
      && aws_vpc_security_group_ingress_rule.between["was_to_db"].from_port == 3306
    )
    error_message = "The database takes connections from WAS instances alone."
  }

  assert {
    condition     = length([for rule in aws_vpc_security_group_ingress_rule.between : rule if rule.security_group_id == output.group_ids["was"]]) == 1
    error_message = "WAS instances take connections from the back load balancer alone."
  }

  assert {
    condition     = length(aws_vpc_security_group_ingress_rule.clients) == 2
    error_message = "Clients reach ports 80 and 443 of the front load balancer."
  }

  assert {
    condition     = !contains([for rule in aws_vpc_security_group_egress_rule.https : rule.security_group_id], output.group_ids["db"])
    error_message = "The database opens no connections."
  }
}

run "two_offices" {
  variables {
    client_cidrs = ["192.0.2.0/24", "198.51.100.0/24"]
  }

  assert {
    condition     = length(aws_vpc_security_group_ingress_rule.clients) == 4
    error_message = "One rule for each prefix and port."
  }
}

run "another_region" {
  variables {
    peer = { was = "10.20.32.0/20", db = "10.20.48.0/20" }
  }

  assert {
    condition = (
      one(aws_vpc_security_group_egress_rule.peer_database).cidr_ipv4 == "10.20.48.0/20"
      && one(aws_vpc_security_group_egress_rule.peer_database).security_group_id == output.group_ids["was"]
      && one(aws_vpc_security_group_ingress_rule.peer_was).cidr_ipv4 == "10.20.32.0/20"
      && one(aws_vpc_security_group_ingress_rule.peer_was).security_group_id == output.group_ids["db"]
      && one(aws_vpc_security_group_ingress_rule.peer_was).from_port == 3306
    )
    error_message = "WAS instances reach the other region's database, and its WAS instances this one's; nobody else."
  }
}

run "ssh_is_no_service_port" {
  command = plan

  variables {
    web_port = 22
  }

  expect_failures = [var.web_port]
}
