# Global Accelerator in front of a load balancer per region. Clients' addresses are preserved, so the
# load balancers' security groups and logs see them.
# Facts: https://docs.aws.amazon.com/global-accelerator/latest/dg/
resource "aws_globalaccelerator_accelerator" "this" {
  name            = var.name
  ip_address_type = "IPV4"
  enabled         = true

  dynamic "attributes" {
    for_each = var.logs == null ? [] : [var.logs.bucket]

    content {
      flow_logs_enabled   = true
      flow_logs_s3_bucket = attributes.value
      flow_logs_s3_prefix = "flow"
    }
  }

  tags = { Name = var.name }
}

# Port 80 for the redirect to HTTPS, which the load balancers answer.
resource "aws_globalaccelerator_listener" "this" {
  accelerator_arn = aws_globalaccelerator_accelerator.this.arn
  protocol        = "TCP"
  client_affinity = var.affinity ? "SOURCE_IP" : "NONE"

  dynamic "port_range" {
    for_each = [80, 443]

    content {
      from_port = port_range.value
      to_port   = port_range.value
    }
  }
}

# Of a load balancer the accelerator takes over what it knows of its targets; the probes here are what
# its API asks for, for endpoints of other kinds.
resource "aws_globalaccelerator_endpoint_group" "this" {
  for_each = var.endpoints

  listener_arn                  = aws_globalaccelerator_listener.this.arn
  endpoint_group_region         = each.value.region
  traffic_dial_percentage       = each.value.dial
  health_check_protocol         = "HTTPS"
  health_check_port             = 443
  health_check_path             = "/readyz"
  health_check_interval_seconds = 10
  threshold_count               = 3

  endpoint_configuration {
    endpoint_id                    = each.value.load_balancer_arn
    weight                         = 128
    client_ip_preservation_enabled = true
  }
}
