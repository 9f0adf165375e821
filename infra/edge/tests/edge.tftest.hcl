# The edge in front of two regions that stand: all of it, and each part switched off.
mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  domain = "example.com"
}

run "apply" {
  assert {
    condition     = toset(keys(module.pages)) == toset(["primary", "secondary"])
    error_message = "The pages are in both regions."
  }

  assert {
    condition     = output.cdn.url == "https://cdn.example.com/" && aws_route53_record.cdn["AAAA"].alias[0].zone_id == "Z2FDTNDATAQYW2"
    error_message = "The CDN has a name of its own, for both families of addresses."
  }

  assert {
    condition     = toset(output.accelerator.addresses) == toset(["192.0.2.1", "192.0.2.2"]) && output.accelerator.name == "ga.example.com"
    error_message = "The accelerator has two addresses and a name."
  }

  assert {
    condition     = toset(keys(module.logs)) == toset(["accelerator", "cdn"])
    error_message = "Both write logs, each into a bucket of its own."
  }

  assert {
    condition     = aws_wafv2_web_acl.this[0].scope == "CLOUDFRONT" && length(aws_wafv2_web_acl.this[0].rule) == 4
    error_message = "The firewall has a limit and three groups of AWS's rules."
  }
}

run "only_the_cdn" {
  command = plan

  variables {
    accelerator = { enabled = false }
    cdn         = { logs = false, label = "app", api_origin = "api.example.com" }
    waf         = { style = "off" }
  }

  assert {
    condition     = output.accelerator == null && length(module.logs) == 0 && length(aws_wafv2_web_acl.this) == 0
    error_message = "No accelerator, no logs, no firewall."
  }

  assert {
    condition     = aws_route53_record.cdn["A"].name == "app.example.com"
    error_message = "The label is the one that was named."
  }
}

run "only_the_accelerator" {
  command = plan

  variables {
    cdn         = { enabled = false }
    accelerator = { publish = false, affinity = true, dials = { primary = 50, secondary = 50 } }
  }

  assert {
    condition     = output.cdn == null && length(aws_route53_record.cdn) == 0 && length(aws_route53_record.accelerator) == 0 && length(aws_wafv2_web_acl.this) == 0
    error_message = "No CDN, no names, no firewall without what it stands before."
  }

  assert {
    condition     = toset(keys(module.logs)) == toset(["accelerator"])
    error_message = "Flow logs alone."
  }
}

run "nothing" {
  command = plan

  variables {
    cdn         = { enabled = false }
    accelerator = { enabled = false }
  }

  assert {
    condition     = output.cdn == null && output.accelerator == null && length(data.aws_route53_zone.this) == 0 && length(data.aws_lb.front) == 0
    error_message = "Nothing is made and nothing is looked up."
  }
}

run "a_given_firewall" {
  command = plan

  variables {
    waf = { style = "given", web_acl_arn = "arn:aws:wafv2:us-east-1:123456789012:global/webacl/ours/0123" }
  }

  assert {
    condition     = length(aws_wafv2_web_acl.this) == 0
    error_message = "None of our own beside it."
  }
}

run "a_regional_firewall_is_refused" {
  command = plan

  variables {
    waf = { style = "given", web_acl_arn = "arn:aws:wafv2:ap-northeast-2:123456789012:regional/webacl/ours/0123" }
  }

  expect_failures = [var.waf]
}

run "a_label_in_use_is_refused" {
  command = plan

  variables {
    cdn = { label = "www" }
  }

  expect_failures = [var.cdn]
}
