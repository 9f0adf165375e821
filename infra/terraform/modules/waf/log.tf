# The log of requests. AWS WAF insists on the name's beginning. It gives itself the right to write, by
# a resource policy of CloudWatch Logs, when the configuration is made.
resource "aws_cloudwatch_log_group" "this" {
  name              = "aws-waf-logs-${var.name}"
  retention_in_days = var.log.retention_days
  kms_key_id        = var.log.kms_key_arn
}

resource "aws_wafv2_web_acl_logging_configuration" "this" {
  resource_arn            = aws_wafv2_web_acl.this.arn
  log_destination_configs = [aws_cloudwatch_log_group.this.arn]

  # What would let its reader act as somebody else.
  dynamic "redacted_fields" {
    for_each = ["authorization", "cookie", "x-csrf-token"]

    content {
      single_header {
        name = redacted_fields.value
      }
    }
  }

  # The query holds what people look for; without it, though, many a block is hard to explain.
  dynamic "redacted_fields" {
    for_each = var.log.redact_query ? [1] : []

    content {
      query_string {}
    }
  }

  dynamic "logging_filter" {
    for_each = var.log.keep == "notable" ? [1] : []

    content {
      default_behavior = "DROP"

      filter {
        behavior    = "KEEP"
        requirement = "MEETS_ANY"

        dynamic "condition" {
          for_each = ["BLOCK", "COUNT", "EXCLUDED_AS_COUNT"]

          content {
            action_condition {
              action = condition.value
            }
          }
        }
      }
    }
  }
}
