mock_provider "aws" {
  source          = "../../tests/mocks"
  override_during = plan

  mock_resource "aws_wafv2_web_acl" {
    defaults = {
      arn = "arn:aws:wafv2:ap-northeast-2:123456789012:regional/webacl/scv/00000000-0000-0000-0000-000000000000"
    }
  }

  mock_resource "aws_wafv2_ip_set" {
    defaults = {
      arn = "arn:aws:wafv2:ap-northeast-2:123456789012:regional/ipset/scv/00000000-0000-0000-0000-000000000000"
    }
  }

  mock_resource "aws_cloudwatch_log_group" {
    defaults = {
      arn = "arn:aws:logs:ap-northeast-2:123456789012:log-group:aws-waf-logs-scv"
    }
  }
}

variables {
  name           = "scv"
  modes          = {}
  allow          = []
  deny           = []
  client_address = "connection"
  honeypot_path  = "/trap"
  methods        = ["GET", "POST"]
  flood          = { limit = 1000, window_seconds = 300 }
  probes = {
    limit          = 50
    window_seconds = 60
    beginnings     = ["/.git", "/wp-"]
    ends           = [".php"]
    known_exact    = ["/"]
    known_prefixes = ["/api/v1/"]
  }
  free_text       = { body_prefix = "/api/v1/", query_path = "/api/v1/memos" }
  large_body_path = "/api/v1/import"
  log             = { retention_days = 365, keep = "all", redact_query = false, kms_key_arn = "arn:aws:kms:ap-northeast-2:123456789012:key/0" }
}

run "defaults" {
  command = plan

  assert {
    condition = [for rule in sort([for r in aws_wafv2_web_acl.this.rule : format("%02d %s", r.priority, r.name)]) : rule] == [
      "00 allow", "01 deny", "02 flood", "03 probe_rate", "04 honeypot", "05 probes", "06 methods", "07 size",
      "08 reputation", "10 common", "11 known_bad_inputs", "12 sqli", "13 bodies", "14 queries",
    ]
    error_message = "Every protection but the anonymous addresses, in the order in which they work."
  }

  assert {
    condition     = alltrue([for r in aws_wafv2_web_acl.this.rule : r.visibility_config[0].cloudwatch_metrics_enabled])
    error_message = "Every rule is measured."
  }

  assert {
    condition = alltrue([
      for r in aws_wafv2_web_acl.this.rule : try(length(r.action[0].block), 0) == 1
      if contains(["deny", "flood", "probe_rate", "honeypot", "probes", "methods", "size", "bodies", "queries"], r.name)
      ]) && alltrue([
      for r in aws_wafv2_web_acl.this.rule : length(r.override_action[0].none) == 1
      if contains(["reputation", "common", "known_bad_inputs", "sqli"], r.name)
    ])
    error_message = "They refuse."
  }

  # The free text of memos: none of AWS's rules on bodies and queries refuses by itself.
  assert {
    condition = alltrue([
      for r in aws_wafv2_web_acl.this.rule : setintersection(
        ["SizeRestrictions_BODY", "CrossSiteScripting_BODY", "GenericLFI_BODY", "GenericRFI_BODY", "EC2MetaDataSSRF_BODY",
        "CrossSiteScripting_QUERYARGUMENTS", "GenericLFI_QUERYARGUMENTS"],
        [for override in r.statement[0].managed_rule_group_statement[0].rule_action_override : override.name if length(override.action_to_use[0].count) == 1],
      ) == toset(["SizeRestrictions_BODY", "CrossSiteScripting_BODY", "GenericLFI_BODY", "GenericRFI_BODY", "EC2MetaDataSSRF_BODY", "CrossSiteScripting_QUERYARGUMENTS", "GenericLFI_QUERYARGUMENTS"])
      if r.name == "common"
    ])
    error_message = "AWS's rules on text only count."
  }

  assert {
    condition = alltrue([
      for r in aws_wafv2_web_acl.this.rule : (
        contains([for s in r.statement[0].and_statement[0].statement[0].or_statement[0].statement : s.label_match_statement[0].key], "awswaf:managed:aws:sql-database:SQLi_Body")
        && r.statement[0].and_statement[0].statement[1].not_statement[0].statement[0].byte_match_statement[0].search_string == "/api/v1/"
      ) if r.name == "bodies"
    ])
    error_message = "What they found in a body is refused outside the API."
  }

  assert {
    condition     = !contains(local.findings, "awswaf:managed:aws:core-rule-set:SizeRestrictions_Body") && length(local.findings) == 18
    error_message = "A body above 8 KiB is no finding."
  }

  assert {
    condition     = output.wcu == 1184 + 12 * 3 + 2 * 2 - 2 * 5
    error_message = "The units add up, with these paths and methods: ${output.wcu}."
  }

  assert {
    condition     = aws_cloudwatch_log_group.this.name == "aws-waf-logs-scv" && aws_cloudwatch_log_group.this.retention_in_days == 365 && aws_cloudwatch_log_group.this.kms_key_id != null
    error_message = "The log has the name that AWS WAF insists on, an end and our key."
  }

  assert {
    condition     = toset(flatten([for f in aws_wafv2_web_acl_logging_configuration.this.redacted_fields : f.single_header[*].name])) == toset(["authorization", "cookie", "x-csrf-token"])
    error_message = "The log has no credentials."
  }

  assert {
    condition     = length(aws_wafv2_web_acl_logging_configuration.this.logging_filter) == 0
    error_message = "Every request is logged."
  }
}

run "other_modes" {
  command = plan

  variables {
    modes          = { sqli = "count", common = "off", flood = "count", anonymous = "block", honeypot = "off", size = "off" }
    allow          = ["203.0.113.7/32", "2001:db8::/32"]
    deny           = ["198.51.100.0/24"]
    client_address = "forwarded"
    log            = { retention_days = 30, keep = "notable", redact_query = true, kms_key_arn = "arn:aws:kms:ap-northeast-2:123456789012:key/0" }
  }

  assert {
    condition     = length(setintersection([for r in aws_wafv2_web_acl.this.rule : r.name], ["common", "honeypot", "size"])) == 0
    error_message = "What is off is not there."
  }

  assert {
    condition     = alltrue([for r in aws_wafv2_web_acl.this.rule : length(r.override_action[0].count) == 1 if r.name == "sqli"]) && alltrue([for r in aws_wafv2_web_acl.this.rule : length(r.action[0].count) == 1 if r.name == "flood"])
    error_message = "What counts only counts."
  }

  assert {
    condition     = toset(local.findings) == toset([for label in ["JavaDeserializationRCE_Body", "JavaDeserializationRCE_QueryString", "Log4JRCE_Body", "Log4JRCE_QueryString", "ReactJSRCE_Body"] : "awswaf:managed:aws:known-bad-inputs:${label}"])
    error_message = "The findings of a group that only counts are refused nowhere."
  }

  assert {
    condition = (
      aws_wafv2_ip_set.this["allow_v4"].addresses == toset(["203.0.113.7/32"]) && aws_wafv2_ip_set.this["allow_v6"].addresses == toset(["2001:db8::/32"])
      && aws_wafv2_ip_set.this["deny_v4"].addresses == toset(["198.51.100.0/24"]) && aws_wafv2_ip_set.this["deny_v6"].ip_address_version == "IPV6"
    )
    error_message = "Each address is on its list, by its version."
  }

  assert {
    condition     = alltrue([for r in aws_wafv2_web_acl.this.rule : r.statement[0].rate_based_statement[0].aggregate_key_type == "FORWARDED_IP" if contains(["flood", "probe_rate"], r.name)])
    error_message = "Behind a CDN the client is who the header names."
  }

  assert {
    condition = (
      aws_wafv2_web_acl_logging_configuration.this.logging_filter[0].default_behavior == "DROP"
      && length([for f in aws_wafv2_web_acl_logging_configuration.this.redacted_fields : f if length(f.query_string) == 1]) == 1
    )
    error_message = "Only notable requests are logged, without their query."
  }
}

run "no_such_protection" {
  command = plan

  variables {
    modes = { sql = "count" }
  }

  expect_failures = [var.modes]
}

run "no_such_mode" {
  command = plan

  variables {
    modes = { sqli = "observe" }
  }

  expect_failures = [var.modes]
}

run "everybody_denied" {
  command = plan

  variables {
    deny = ["0.0.0.0/0"]
  }

  expect_failures = [var.deny]
}

run "odd_window" {
  command = plan

  variables {
    flood = { limit = 1000, window_seconds = 90 }
  }

  expect_failures = [var.flood]
}

run "too_many_paths" {
  command = plan

  variables {
    probes = {
      limit          = 50
      window_seconds = 60
      beginnings     = [for n in range(40) : "/probe${n}"]
      ends           = [".php"]
      known_exact    = ["/"]
      known_prefixes = ["/api/v1/"]
    }
  }

  expect_failures = [aws_wafv2_web_acl.this]
}
