# A web ACL for a load balancer, of rules of our own: manual lists, floods, scanners and probes, bad
# robots, sizes, and AWS's groups for reputation, common attacks and SQL injection.
resource "aws_wafv2_ip_set" "this" {
  for_each = local.addresses

  name               = "${var.name}-${replace(each.key, "_", "-")}"
  description        = "${var.name}: addresses to ${each.value.list}, ${each.value.version}"
  scope              = "REGIONAL"
  ip_address_version = each.value.version
  addresses          = each.value.cidrs
}

resource "aws_wafv2_web_acl" "this" {
  name        = var.name
  description = "${var.name}: what may reach the front load balancer"
  scope       = "REGIONAL"

  default_action {
    allow {}
  }

  visibility_config {
    cloudwatch_metrics_enabled = true
    metric_name                = var.name
    sampled_requests_enabled   = true
  }

  # Manual lists. Who is allowed passes all other rules.
  dynamic "rule" {
    for_each = toset(["allow", "deny"])

    content {
      name     = rule.key
      priority = local.priority[rule.key]

      action {
        dynamic "allow" {
          for_each = rule.key == "allow" ? [1] : []
          content {}
        }

        dynamic "block" {
          for_each = rule.key == "deny" ? [1] : []
          content {}
        }
      }

      statement {
        or_statement {
          statement {
            ip_set_reference_statement {
              arn = aws_wafv2_ip_set.this["${rule.key}_v4"].arn
            }
          }

          statement {
            ip_set_reference_statement {
              arn = aws_wafv2_ip_set.this["${rule.key}_v6"].arn
            }
          }
        }
      }

      visibility_config {
        cloudwatch_metrics_enabled = true
        metric_name                = "${var.name}-${rule.key}"
        sampled_requests_enabled   = true
      }
    }
  }

  # Floods: everything that an address asks for counts.
  dynamic "rule" {
    for_each = { for name, mode in local.on : name => mode if name == "flood" }

    content {
      name     = rule.key
      priority = local.priority[rule.key]

      action {
        dynamic "block" {
          for_each = rule.value == "block" ? [1] : []

          content {
            custom_response {
              response_code = 429
            }
          }
        }

        dynamic "count" {
          for_each = rule.value == "count" ? [1] : []
          content {}
        }
      }

      statement {
        rate_based_statement {
          limit                 = var.flood.limit
          evaluation_window_sec = var.flood.window_seconds
          aggregate_key_type    = var.client_address == "forwarded" ? "FORWARDED_IP" : "IP"

          dynamic "forwarded_ip_config" {
            for_each = var.client_address == "forwarded" ? [1] : []

            content {
              header_name       = "X-Forwarded-For"
              fallback_behavior = "NO_MATCH"
            }
          }
        }
      }

      visibility_config {
        cloudwatch_metrics_enabled = true
        metric_name                = "${var.name}-flood"
        sampled_requests_enabled   = true
      }
    }
  }

  # Scanners, by rate. AWS WAF sees no answers, so it cannot count the 4xx of an address; requests for
  # paths that the service does not have come near to that, and only those are counted and refused.
  dynamic "rule" {
    for_each = { for name, mode in local.on : name => mode if name == "probe_rate" }

    content {
      name     = rule.key
      priority = local.priority[rule.key]

      action {
        dynamic "block" {
          for_each = rule.value == "block" ? [1] : []
          content {}
        }

        dynamic "count" {
          for_each = rule.value == "count" ? [1] : []
          content {}
        }
      }

      statement {
        rate_based_statement {
          limit                 = var.probes.limit
          evaluation_window_sec = var.probes.window_seconds
          aggregate_key_type    = var.client_address == "forwarded" ? "FORWARDED_IP" : "IP"

          dynamic "forwarded_ip_config" {
            for_each = var.client_address == "forwarded" ? [1] : []

            content {
              header_name       = "X-Forwarded-For"
              fallback_behavior = "NO_MATCH"
            }
          }

          scope_down_statement {
            not_statement {
              statement {
                or_statement {
                  dynamic "statement" {
                    for_each = local.known_paths

                    content {
                      byte_match_statement {
                        search_string         = statement.value.path
                        positional_constraint = statement.value.constraint

                        field_to_match {
                          uri_path {}
                        }

                        text_transformation {
                          priority = 0
                          type     = "NONE"
                        }
                      }
                    }
                  }
                }
              }
            }
          }
        }
      }

      visibility_config {
        cloudwatch_metrics_enabled = true
        metric_name                = "${var.name}-probe-rate"
        sampled_requests_enabled   = true
      }
    }
  }

  # Bad robots: the path is in no page, and robots.txt (web/public) forbids it. This refuses the
  # request and labels it; who came belongs on the list `deny`, because AWS WAF alone cannot remember
  # an address.
  dynamic "rule" {
    for_each = { for name, mode in local.on : name => mode if name == "honeypot" }

    content {
      name     = rule.key
      priority = local.priority[rule.key]

      action {
        dynamic "block" {
          for_each = rule.value == "block" ? [1] : []
          content {}
        }

        dynamic "count" {
          for_each = rule.value == "count" ? [1] : []
          content {}
        }
      }

      rule_label {
        name = "${var.name}:robot:honeypot"
      }

      statement {
        byte_match_statement {
          search_string         = var.honeypot_path
          positional_constraint = "STARTS_WITH"

          field_to_match {
            uri_path {}
          }

          text_transformation {
            priority = 0
            type     = "LOWERCASE"
          }
        }
      }

      visibility_config {
        cloudwatch_metrics_enabled = true
        metric_name                = "${var.name}-honeypot"
        sampled_requests_enabled   = true
      }
    }
  }

  # Scanners, by what they ask for.
  dynamic "rule" {
    for_each = { for name, mode in local.on : name => mode if name == "probes" }

    content {
      name     = rule.key
      priority = local.priority[rule.key]

      action {
        dynamic "block" {
          for_each = rule.value == "block" ? [1] : []
          content {}
        }

        dynamic "count" {
          for_each = rule.value == "count" ? [1] : []
          content {}
        }
      }

      rule_label {
        name = "${var.name}:robot:probe"
      }

      statement {
        or_statement {
          dynamic "statement" {
            for_each = local.probe_paths

            content {
              byte_match_statement {
                search_string         = statement.value.path
                positional_constraint = statement.value.constraint

                field_to_match {
                  uri_path {}
                }

                text_transformation {
                  priority = 0
                  type     = "LOWERCASE"
                }
              }
            }
          }
        }
      }

      visibility_config {
        cloudwatch_metrics_enabled = true
        metric_name                = "${var.name}-probes"
        sampled_requests_enabled   = true
      }
    }
  }

  # Methods that the service does not have: TRACE, CONNECT, WebDAV's and inventions.
  dynamic "rule" {
    for_each = { for name, mode in local.on : name => mode if name == "methods" }

    content {
      name     = rule.key
      priority = local.priority[rule.key]

      action {
        dynamic "block" {
          for_each = rule.value == "block" ? [1] : []

          content {
            custom_response {
              response_code = 405
            }
          }
        }

        dynamic "count" {
          for_each = rule.value == "count" ? [1] : []
          content {}
        }
      }

      statement {
        not_statement {
          statement {
            or_statement {
              dynamic "statement" {
                for_each = sort(var.methods)

                content {
                  byte_match_statement {
                    search_string         = statement.value
                    positional_constraint = "EXACTLY"

                    field_to_match {
                      method {}
                    }

                    text_transformation {
                      priority = 0
                      type     = "NONE"
                    }
                  }
                }
              }
            }
          }
        }
      }

      visibility_config {
        cloudwatch_metrics_enabled = true
        metric_name                = "${var.name}-methods"
        sampled_requests_enabled   = true
      }
    }
  }

  # Sizes. Of a body at a load balancer AWS WAF sees the first 8 KiB and no length, so the header must
  # do: more than five digits are 100,000 bytes and more. memo itself refuses from 65,537 bytes on.
  dynamic "rule" {
    for_each = { for name, mode in local.on : name => mode if name == "size" }

    content {
      name     = rule.key
      priority = local.priority[rule.key]

      action {
        dynamic "block" {
          for_each = rule.value == "block" ? [1] : []

          content {
            custom_response {
              response_code = 413
            }
          }
        }

        dynamic "count" {
          for_each = rule.value == "count" ? [1] : []
          content {}
        }
      }

      statement {
        and_statement {
          statement {
            size_constraint_statement {
              comparison_operator = "GT"
              size                = 5

              field_to_match {
                single_header {
                  name = "content-length"
                }
              }

              text_transformation {
                priority = 0
                type     = "NONE"
              }
            }
          }

          statement {
            not_statement {
              statement {
                byte_match_statement {
                  search_string         = var.large_body_path
                  positional_constraint = "EXACTLY"

                  field_to_match {
                    uri_path {}
                  }

                  text_transformation {
                    priority = 0
                    type     = "NONE"
                  }
                }
              }
            }
          }
        }
      }

      visibility_config {
        cloudwatch_metrics_enabled = true
        metric_name                = "${var.name}-size"
        sampled_requests_enabled   = true
      }
    }
  }

  # AWS's groups, in the versions that AWS has as its default. Exceptions: rules.tf.
  dynamic "rule" {
    for_each = local.groups_on

    content {
      name     = rule.key
      priority = local.priority[rule.key]

      override_action {
        dynamic "none" {
          for_each = local.on[rule.key] == "block" ? [1] : []
          content {}
        }

        dynamic "count" {
          for_each = local.on[rule.key] == "count" ? [1] : []
          content {}
        }
      }

      statement {
        managed_rule_group_statement {
          vendor_name = "AWS"
          name        = rule.value.name

          dynamic "rule_action_override" {
            for_each = rule.value.count

            content {
              name = rule_action_override.key

              action_to_use {
                count {}
              }
            }
          }
        }
      }

      visibility_config {
        cloudwatch_metrics_enabled = true
        metric_name                = "${var.name}-${replace(rule.key, "_", "-")}"
        sampled_requests_enabled   = true
      }
    }
  }

  # What those groups found and only counted, where no free text belongs.
  dynamic "rule" {
    for_each = local.elsewhere

    content {
      name     = rule.key
      priority = local.priority[rule.key]

      action {
        dynamic "block" {
          for_each = local.on[rule.key] == "block" ? [1] : []
          content {}
        }

        dynamic "count" {
          for_each = local.on[rule.key] == "count" ? [1] : []
          content {}
        }
      }

      statement {
        and_statement {
          statement {
            or_statement {
              dynamic "statement" {
                for_each = rule.value

                content {
                  label_match_statement {
                    scope = "LABEL"
                    key   = statement.value
                  }
                }
              }
            }
          }

          statement {
            not_statement {
              statement {
                byte_match_statement {
                  search_string         = local.exempt[rule.key].path
                  positional_constraint = local.exempt[rule.key].constraint

                  field_to_match {
                    uri_path {}
                  }

                  text_transformation {
                    priority = 0
                    type     = "NONE"
                  }
                }
              }
            }
          }
        }
      }

      visibility_config {
        cloudwatch_metrics_enabled = true
        metric_name                = "${var.name}-${rule.key}"
        sampled_requests_enabled   = true
      }
    }
  }

  lifecycle {
    precondition {
      condition     = local.wcu <= 1500
      error_message = "The rules take ${local.wcu} capacity units; up to 1,500 are in the basic price. Take paths out of probes, or switch a group off."
    }
  }
}
