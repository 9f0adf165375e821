# A CloudFront distribution: pages from S3 with a second bucket behind the first, the API from a host.
# Facts: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/
resource "aws_cloudfront_origin_access_control" "this" {
  name                              = "${var.name}-pages"
  description                       = "Signs what CloudFront asks the buckets"
  origin_access_control_origin_type = "s3"
  signing_behavior                  = "always"
  signing_protocol                  = "sigv4"
}

# A path of the app's own is answered with the app, as nginx does it in the regions.
resource "aws_cloudfront_function" "page_of_path" {
  name    = "${var.name}-page-of-path"
  comment = "Paths of the app lead to its one page"
  runtime = "cloudfront-js-2.0"
  publish = true
  code    = file("${path.module}/page_of_path.js")
}

resource "aws_cloudfront_response_headers_policy" "pages" {
  name    = "${var.name}-pages"
  comment = "What nginx says of the pages in the regions, and HSTS"

  security_headers_config {
    content_security_policy {
      # Nothing inline, nothing from elsewhere.
      content_security_policy = join("; ", [
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:",
        "connect-src 'self'", "font-src 'self'", "manifest-src 'self'", "worker-src 'self'",
        "base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'",
      ])
      override = true
    }

    content_type_options {
      override = true
    }

    frame_options {
      frame_option = "DENY"
      override     = true
    }

    referrer_policy {
      referrer_policy = "same-origin"
      override        = true
    }

    strict_transport_security {
      access_control_max_age_sec = 31536000
      include_subdomains         = true
      override                   = true
    }
  }

  custom_headers_config {
    items {
      header   = "Cross-Origin-Opener-Policy"
      value    = "same-origin"
      override = true
    }
  }
}

data "aws_cloudfront_cache_policy" "this" {
  for_each = { pages = "Managed-CachingOptimized", api = "Managed-CachingDisabled" }

  name = each.value
}

# All of it, the Host header too: memo compares it with the Origin, and the load balancers' certificate
# is for the name that CloudFront connects to, which it accepts as well.
data "aws_cloudfront_origin_request_policy" "api" {
  name = "Managed-AllViewer"
}

resource "aws_cloudfront_distribution" "this" {
  aliases             = [var.host]
  comment             = "${var.name}: pages and API"
  enabled             = true
  http_version        = "http2and3"
  is_ipv6_enabled     = true
  price_class         = var.price_class
  default_root_object = "index.html"
  web_acl_id          = var.web_acl_arn
  wait_for_deployment = true

  dynamic "origin" {
    for_each = var.pages

    content {
      origin_id                = "pages-${origin.key}"
      domain_name              = origin.value
      origin_access_control_id = aws_cloudfront_origin_access_control.this.id
      connection_attempts      = 2
      connection_timeout       = 2
    }
  }

  # The pages are the same in both regions.
  origin_group {
    origin_id = "pages"

    failover_criteria {
      status_codes = [500, 502, 503, 504]
    }

    member {
      origin_id = "pages-primary"
    }

    member {
      origin_id = "pages-secondary"
    }
  }

  # No group: CloudFront fails over for GET, HEAD and OPTIONS only, and a write must not go to a region
  # of its own choice. The name leads to the region that can serve (infra/global).
  origin {
    origin_id           = "api"
    domain_name         = var.api_host
    connection_attempts = 2
    connection_timeout  = 3

    custom_origin_config {
      http_port                = 80
      https_port               = 443
      origin_protocol_policy   = "https-only"
      origin_ssl_protocols     = ["TLSv1.2"]
      origin_read_timeout      = 40 # memo answers within 10 s, nginx gives up after 35
      origin_keepalive_timeout = 50
    }
  }

  default_cache_behavior {
    target_origin_id           = "pages"
    viewer_protocol_policy     = "redirect-to-https"
    allowed_methods            = ["GET", "HEAD", "OPTIONS"]
    cached_methods             = ["GET", "HEAD"]
    compress                   = true
    cache_policy_id            = data.aws_cloudfront_cache_policy.this["pages"].id
    response_headers_policy_id = aws_cloudfront_response_headers_policy.pages.id

    function_association {
      event_type   = "viewer-request"
      function_arn = aws_cloudfront_function.page_of_path.arn
    }
  }

  # /livez and /readyz, too: whoever looks at the CDN's name sees the region behind it.
  dynamic "ordered_cache_behavior" {
    for_each = ["/api/*", "/livez", "/readyz"]

    content {
      path_pattern             = ordered_cache_behavior.value
      target_origin_id         = "api"
      viewer_protocol_policy   = "https-only"
      allowed_methods          = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]
      cached_methods           = ["GET", "HEAD"]
      compress                 = false # memo does; and what is answered stays as it is
      cache_policy_id          = data.aws_cloudfront_cache_policy.this["api"].id
      origin_request_policy_id = data.aws_cloudfront_origin_request_policy.api.id
    }
  }

  restrictions {
    geo_restriction {
      restriction_type = "none"
    }
  }

  viewer_certificate {
    acm_certificate_arn      = var.certificate_arn
    minimum_protocol_version = "TLSv1.2_2021"
    ssl_support_method       = "sni-only"
  }

  tags = { Name = var.host }
}

# Standard logging, version 2: no bucket with ACLs, and fields as one wants them.
resource "aws_cloudwatch_log_delivery_source" "this" {
  count = var.logs == null ? 0 : 1

  name         = "${var.name}-cdn"
  log_type     = "ACCESS_LOGS"
  resource_arn = aws_cloudfront_distribution.this.arn
}

resource "aws_cloudwatch_log_delivery_destination" "this" {
  count = var.logs == null ? 0 : 1

  name          = "${var.name}-cdn"
  output_format = "w3c"

  delivery_destination_configuration {
    destination_resource_arn = var.logs.bucket_arn
  }
}

resource "aws_cloudwatch_log_delivery" "this" {
  count = var.logs == null ? 0 : 1

  delivery_source_name     = aws_cloudwatch_log_delivery_source.this[0].name
  delivery_destination_arn = aws_cloudwatch_log_delivery_destination.this[0].arn
}
