mock_provider "aws" {
  mock_resource "aws_cloudfront_distribution" {
    defaults = { arn = "arn:aws:cloudfront::123456789012:distribution/E0123456789ABC" }
  }

  mock_resource "aws_cloudfront_function" {
    defaults = { arn = "arn:aws:cloudfront::123456789012:function/scv-page-of-path" }
  }

  mock_resource "aws_cloudwatch_log_delivery_destination" {
    defaults = { arn = "arn:aws:logs:us-east-1:123456789012:delivery-destination:scv-cdn" }
  }
}

variables {
  name            = "scv"
  host            = "cdn.example.com"
  certificate_arn = "arn:aws:acm:us-east-1:123456789012:certificate/0123"
  api_host        = "www.example.com"
  price_class     = "PriceClass_200"
  pages = {
    primary   = "scv-pages-1.s3.ap-northeast-2.amazonaws.com"
    secondary = "scv-pages-2.s3.ap-northeast-1.amazonaws.com"
  }
}

run "both_origins" {
  assert {
    condition     = toset([for origin in aws_cloudfront_distribution.this.origin : origin.origin_id]) == toset(["api", "pages-primary", "pages-secondary"])
    error_message = "The pages' buckets and the API."
  }

  assert {
    condition     = aws_cloudfront_distribution.this.default_cache_behavior[0].target_origin_id == "pages" && [for behavior in aws_cloudfront_distribution.this.ordered_cache_behavior : behavior.target_origin_id] == ["api", "api", "api"]
    error_message = "Pages fail over to the other bucket; the API has an origin of its own."
  }

  assert {
    condition     = contains(aws_cloudfront_distribution.this.ordered_cache_behavior[0].allowed_methods, "DELETE") && !contains(aws_cloudfront_distribution.this.default_cache_behavior[0].allowed_methods, "POST")
    error_message = "Writes go to the API alone."
  }

  assert {
    condition     = aws_cloudfront_distribution.this.viewer_certificate[0].minimum_protocol_version == "TLSv1.2_2021" && aws_cloudfront_origin_access_control.this.signing_behavior == "always"
    error_message = "TLS 1.2 at least; every request to a bucket is signed."
  }

  assert {
    condition     = length(aws_cloudwatch_log_delivery.this) == 0 && aws_cloudfront_distribution.this.web_acl_id == null
    error_message = "No logs and no firewall unless they are named."
  }
}

run "logs" {
  variables {
    logs = { bucket_arn = "arn:aws:s3:::scv-cdn-logs" }
  }

  assert {
    condition     = aws_cloudwatch_log_delivery_destination.this[0].delivery_destination_configuration[0].destination_resource_arn == "arn:aws:s3:::scv-cdn-logs"
    error_message = "Into the bucket."
  }
}

run "a_global_bucket_name_is_refused" {
  command = plan

  variables {
    pages = { primary = "scv-pages.s3.amazonaws.com", secondary = "scv-pages-2.s3.ap-northeast-1.amazonaws.com" }
  }

  expect_failures = [var.pages]
}
