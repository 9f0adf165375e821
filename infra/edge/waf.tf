# A small firewall of its own for CloudFront. The one of the regions (infra/terraform) looks at what
# reaches the load balancers; this one keeps floods and known bad addresses out of the edge.
locals {
  # Capacity units: 25 + 700 + 200 + 2 = 927 of 1,500.
  managed_rules = {
    AWSManagedRulesAmazonIpReputationList = { priority = 10, counted = [] }
    # A memo may be long, and may speak of scripts and paths: such a body is counted, not blocked.
    AWSManagedRulesCommonRuleSet = {
      priority = 20
      counted  = ["SizeRestrictions_BODY", "CrossSiteScripting_BODY", "GenericLFI_BODY", "GenericRFI_BODY"]
    }
    AWSManagedRulesKnownBadInputsRuleSet = { priority = 30, counted = [] }
  }
}

resource "aws_wafv2_web_acl" "this" {
  count = var.cdn.enabled && var.waf.style == "own" ? 1 : 0

  name        = "${var.name}-edge"
  description = "In front of CloudFront"
  scope       = "CLOUDFRONT"

  default_action {
    allow {}
  }

  rule {
    name     = "flood"
    priority = 0

    action {
      dynamic "block" {
        for_each = var.waf.count_only ? [] : [true]
        content {}
      }
      dynamic "count" {
        for_each = var.waf.count_only ? [true] : []
        content {}
      }
    }

    statement {
      rate_based_statement {
        limit              = var.waf.limit
        aggregate_key_type = "IP"
      }
    }

    visibility_config {
      cloudwatch_metrics_enabled = true
      metric_name                = "${var.name}-edge-flood"
      sampled_requests_enabled   = true
    }
  }

  dynamic "rule" {
    for_each = local.managed_rules

    content {
      name     = rule.key
      priority = rule.value.priority

      override_action {
        dynamic "none" {
          for_each = var.waf.count_only ? [] : [true]
          content {}
        }
        dynamic "count" {
          for_each = var.waf.count_only ? [true] : []
          content {}
        }
      }

      statement {
        managed_rule_group_statement {
          vendor_name = "AWS"
          name        = rule.key

          dynamic "rule_action_override" {
            for_each = rule.value.counted

            content {
              name = rule_action_override.value

              action_to_use {
                count {}
              }
            }
          }
        }
      }

      visibility_config {
        cloudwatch_metrics_enabled = true
        metric_name                = "${var.name}-edge-${rule.key}"
        sampled_requests_enabled   = true
      }
    }
  }

  visibility_config {
    cloudwatch_metrics_enabled = true
    metric_name                = "${var.name}-edge"
    sampled_requests_enabled   = true
  }
}
