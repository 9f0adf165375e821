# A web ACL for a load balancer, of rules of our own: manual lists, floods, scanners and probes, bad
# robots, sizes, and AWS's groups for reputation, common attacks and SQL injection. Which rules there
# are, their order and their modes: rules.tf.
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

  # Each rule has one of the statements below, by its name.
  dynamic "rule" {
    for_each = local.rules

    content {
      name     = rule.key
      priority = rule.value.priority

      dynamic "action" {
        for_each = rule.value.is_group ? [] : [rule.value.mode]

        content {
          dynamic "allow" {
            for_each = action.value == "allow" ? [1] : []
            content {}
          }

          dynamic "block" {
            for_each = action.value == "block" ? [1] : []

            content {
              dynamic "custom_response" {
                for_each = rule.value.answer == null ? [] : [rule.value.answer]

                content {
                  response_code = custom_response.value
                }
              }
            }
          }

          dynamic "count" {
            for_each = action.value == "count" ? [1] : []
            content {}
          }
        }
      }

      # A group's rules decide themselves, or all of them only count.
      dynamic "override_action" {
        for_each = rule.value.is_group ? [rule.value.mode] : []

        content {
          dynamic "none" {
            for_each = override_action.value == "block" ? [1] : []
            content {}
          }

          dynamic "count" {
            for_each = override_action.value == "count" ? [1] : []
            content {}
          }
        }
      }

      dynamic "rule_label" {
        for_each = rule.value.label == null ? [] : [rule.value.label]

        content {
          name = "${var.name}:robot:${rule_label.value}"
        }
      }

      visibility_config {
        cloudwatch_metrics_enabled = true
        metric_name                = "${var.name}-${replace(rule.key, "_", "-")}"
        sampled_requests_enabled   = true
      }

      statement {
        # Manual lists. Who is allowed passes all other rules.
        dynamic "or_statement" {
          for_each = [for name in [rule.key] : name if contains(["allow", "deny"], name)]

          content {
            dynamic "statement" {
              for_each = ["v4", "v6"]

              content {
                ip_set_reference_statement {
                  arn = aws_wafv2_ip_set.this["${rule.key}_${statement.value}"].arn
                }
              }
            }
          }
        }

        # flood: everything that an address asks for counts. probe_rate: AWS WAF sees no answers, so it
        # cannot count the 4xx of an address; requests for paths that the service does not have come
        # near to that, and only those are counted and refused.
        dynamic "rate_based_statement" {
          for_each = { for name, rate in { flood = var.flood, probe_rate = var.probes } : name => rate if name == rule.key }

          content {
            limit                 = rate_based_statement.value.limit
            evaluation_window_sec = rate_based_statement.value.window_seconds
            aggregate_key_type    = var.client_address == "forwarded" ? "FORWARDED_IP" : "IP"

            dynamic "forwarded_ip_config" {
              for_each = var.client_address == "forwarded" ? [1] : []

              content {
                header_name       = "X-Forwarded-For"
                fallback_behavior = "NO_MATCH"
              }
            }

            dynamic "scope_down_statement" {
              for_each = [for name in [rule.key] : name if name == "probe_rate"]

              content {
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
        }

        # Bad robots: the path is in no page, and robots.txt (web/public) forbids it. This refuses the
        # request and labels it; who came belongs on the list `deny`, because AWS WAF alone cannot
        # remember an address.
        dynamic "byte_match_statement" {
          for_each = [for name in [rule.key] : name if name == "honeypot"]

          content {
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

        # Scanners, by what they ask for.
        dynamic "or_statement" {
          for_each = [for name in [rule.key] : name if name == "probes"]

          content {
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

        # Methods that the service does not have: TRACE, CONNECT, WebDAV's and inventions.
        dynamic "not_statement" {
          for_each = [for name in [rule.key] : name if name == "methods"]

          content {
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

        # Of a body at a load balancer AWS WAF sees the first 8 KiB and no length, so the header must
        # do: more than five digits are 100,000 bytes and more. memo refuses from 65,537 bytes on.
        dynamic "and_statement" {
          for_each = [for name in [rule.key] : name if name == "size"]

          content {
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

        # AWS's groups, in the versions that AWS has as its default, with the exceptions of rules.tf.
        dynamic "managed_rule_group_statement" {
          for_each = { for name, group in local.groups : name => group if name == rule.key }

          content {
            vendor_name = "AWS"
            name        = managed_rule_group_statement.value.name

            dynamic "rule_action_override" {
              for_each = managed_rule_group_statement.value.count

              content {
                name = rule_action_override.key

                action_to_use {
                  count {}
                }
              }
            }
          }
        }

        # What those groups found and only counted, where no free text belongs.
        dynamic "and_statement" {
          for_each = { for name, exempt in local.exempt : name => exempt if name == rule.key }

          content {
            statement {
              or_statement {
                dynamic "statement" {
                  for_each = local.findings_in[rule.key]

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
                    search_string         = and_statement.value.path
                    positional_constraint = and_statement.value.constraint

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

  lifecycle {
    precondition {
      condition     = local.wcu <= 1500
      error_message = "The rules take ${local.wcu} capacity units; up to 1,500 are in the basic price. Take paths out of probes, or switch a group off."
    }
  }
}
