# What AWS would answer about the two regions.
mock_data "aws_vpc" {
  defaults = {
    id         = "vpc-0123456789abcdef0"
    cidr_block = "10.20.0.0/16"
  }
}

mock_data "aws_route_tables" {
  defaults = {
    ids = ["rtb-0123456789abcdef0"]
  }
}

mock_data "aws_lb" {
  defaults = {
    dns_name = "scv-front-1.elb.amazonaws.com"
    zone_id  = "Z0123456789LB"
  }
}

mock_data "aws_route53_zone" {
  defaults = {
    zone_id = "Z0123456789LOOKEDUP"
  }
}
