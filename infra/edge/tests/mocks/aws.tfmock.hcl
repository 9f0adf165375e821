# What AWS would answer about the two regions, and how it would name what is new.
mock_data "aws_lb" {
  defaults = {
    arn = "arn:aws:elasticloadbalancing:ap-northeast-2:123456789012:loadbalancer/app/scv-front/0123456789abcdef"
  }
}

mock_data "aws_route53_zone" {
  defaults = {
    zone_id = "Z0123456789LOOKEDUP"
  }
}

mock_data "aws_caller_identity" {
  defaults = {
    account_id = "123456789012"
  }
}

mock_data "aws_partition" {
  defaults = {
    partition  = "aws"
    dns_suffix = "amazonaws.com"
  }
}

mock_data "aws_iam_policy_document" {
  defaults = {
    json = "{\"Version\":\"2012-10-17\",\"Statement\":[]}"
  }
}

mock_data "aws_cloudfront_cache_policy" {
  defaults = {
    id = "658327ea-f89d-4fab-a63d-7e88639e58f6"
  }
}

mock_data "aws_cloudfront_origin_request_policy" {
  defaults = {
    id = "216adef6-5c7f-47e4-b989-5492eafa07d3"
  }
}

mock_resource "aws_acm_certificate" {
  defaults = {
    arn = "arn:aws:acm:us-east-1:123456789012:certificate/01234567-89ab-cdef-0123-456789abcdef"
    # Of each name that the tests ask for.
    domain_validation_options = [
      {
        domain_name           = "cdn.example.com"
        resource_record_name  = "_0123456789abcdef.cdn.example.com."
        resource_record_type  = "CNAME"
        resource_record_value = "_fedcba9876543210.acm-validations.aws."
      },
      {
        domain_name           = "app.example.com"
        resource_record_name  = "_0123456789abcdef.app.example.com."
        resource_record_type  = "CNAME"
        resource_record_value = "_fedcba9876543210.acm-validations.aws."
      },
    ]
  }
}

mock_resource "aws_cloudfront_distribution" {
  defaults = {
    arn            = "arn:aws:cloudfront::123456789012:distribution/E0123456789ABC"
    domain_name    = "d0123456789abc.cloudfront.net"
    hosted_zone_id = "Z2FDTNDATAQYW2"
  }
}

mock_resource "aws_cloudfront_function" {
  defaults = {
    arn = "arn:aws:cloudfront::123456789012:function/scv-page-of-path"
  }
}

mock_resource "aws_wafv2_web_acl" {
  defaults = {
    arn = "arn:aws:wafv2:us-east-1:123456789012:global/webacl/scv-edge/01234567-89ab-cdef-0123-456789abcdef"
  }
}

mock_resource "aws_s3_bucket" {
  defaults = {
    arn = "arn:aws:s3:::scv-pages"
  }
}

mock_resource "aws_cloudwatch_log_delivery_destination" {
  defaults = {
    arn = "arn:aws:logs:us-east-1:123456789012:delivery-destination:scv-cdn"
  }
}

mock_resource "aws_globalaccelerator_accelerator" {
  defaults = {
    arn            = "arn:aws:globalaccelerator::123456789012:accelerator/01234567-89ab-cdef-0123-456789abcdef"
    dns_name       = "a0123456789abcdef.awsglobalaccelerator.com"
    hosted_zone_id = "Z2BJ6XQ5FK7U4H"
    ip_sets        = [{ ip_addresses = ["192.0.2.1", "192.0.2.2"], ip_family = "IPv4" }]
  }
}

mock_resource "aws_globalaccelerator_listener" {
  defaults = {
    arn = "arn:aws:globalaccelerator::123456789012:accelerator/01234567-89ab-cdef-0123-456789abcdef/listener/01234567"
  }
}
