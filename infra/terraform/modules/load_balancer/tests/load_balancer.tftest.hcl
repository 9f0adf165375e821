mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  name                      = "scv-front"
  internal                  = false
  vpc_id                    = "vpc-0123456789abcdef0"
  subnet_ids                = ["subnet-0", "subnet-1"]
  security_group_id         = "sg-0"
  certificate_arn           = "arn:aws:acm:ap-northeast-2:123456789012:certificate/0"
  ssl_policy                = "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"
  strict_transport_security = "max-age=31536000"
  redirect_http             = true
  access_logs               = { bucket = "logs", prefix = "front" }
  target_port               = 80
  health_check              = { path = "/healthz", interval = 10, timeout = 3, healthy_threshold = 2, unhealthy_threshold = 3 }
  deregistration_delay      = 30
  idle_timeout              = 60
  deletion_protection       = true
}

run "public" {
  assert {
    condition     = aws_lb_listener.http[0].default_action[0].redirect[0].status_code == "HTTP_301" && aws_lb_listener.https.protocol == "HTTPS"
    error_message = "Port 80 leads to port 443."
  }

  assert {
    condition     = aws_lb_listener.https.routing_http_response_strict_transport_security_header_value == "max-age=31536000"
    error_message = "Browsers are told to stay with HTTPS."
  }

  assert {
    condition     = aws_lb.this.drop_invalid_header_fields && aws_lb.this.access_logs[0].enabled
    error_message = "Odd headers are dropped, and requests are logged."
  }
}

run "internal" {
  variables {
    internal                  = true
    redirect_http             = false
    strict_transport_security = null
  }

  assert {
    condition     = length(aws_lb_listener.http) == 0 && aws_lb.this.internal
    error_message = "Inside there is TLS alone."
  }
}

run "timeout_above_interval" {
  command = plan

  variables {
    health_check = { path = "/", interval = 5, timeout = 6, healthy_threshold = 2, unhealthy_threshold = 2 }
  }

  expect_failures = [var.health_check]
}

run "old_tls" {
  command = plan

  variables {
    ssl_policy = "ELBSecurityPolicy-2016-08"
  }

  expect_failures = [var.ssl_policy]
}
