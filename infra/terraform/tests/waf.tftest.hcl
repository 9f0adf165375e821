# The web application firewall in each of its styles, and what may write to the bucket of logs.
mock_provider "aws" {
  source          = "./tests/mocks"
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

  mock_resource "aws_cloudformation_stack" {
    defaults = {
      outputs = { WAFWebACLArn = "arn:aws:wafv2:ap-northeast-2:123456789012:regional/webacl/scv-waf/00000000-0000-0000-0000-000000000000" }
    }
  }
}

variables {
  region              = "ap-northeast-2"
  domain              = "example.com"
  isPrimary           = true
  artifacts_directory = "./tests/artifacts"
}

run "off" {
  command = plan

  assert {
    condition     = length(module.waf) + length(module.waf_solution) + length(module.waf_key) + length(aws_wafv2_web_acl_association.front) == 0
    error_message = "Nothing of it is made unless it is asked for."
  }

  assert {
    condition     = toset(data.aws_iam_policy_document.log_writers.statement[*].sid) == toset(["LoadBalancers", "FlowLogs", "FlowLogsLook"])
    error_message = "Load balancers and flow logs write to the bucket of logs, and nobody else."
  }

  assert {
    condition = toset(data.aws_iam_policy_document.log_writers.statement[0].resources) == toset([
      "arn:aws:s3:::scv-logs-123456789012-ap-northeast-2/front/AWSLogs/123456789012/*",
      "arn:aws:s3:::scv-logs-123456789012-ap-northeast-2/back/AWSLogs/123456789012/*",
    ]) && toset(data.aws_iam_policy_document.log_writers.statement[0].actions) == toset(["s3:PutObject"])
    error_message = "Each load balancer may add objects where it writes, of this account alone."
  }

  assert {
    condition = toset(flatten(data.aws_iam_policy_document.log_writers.statement[0].principals[*].identifiers)) == toset([
      "arn:aws:iam::600734575887:root", "logdelivery.elasticloadbalancing.amazonaws.com",
    ])
    error_message = "The region's account of Elastic Load Balancing, and its service for regions without one."
  }
}

run "own" {
  command = plan

  variables {
    waf = { style = "own", deny = ["198.51.100.0/24"], modes = { anonymous = "count" } }
  }

  assert {
    condition     = aws_wafv2_web_acl_association.front[0].resource_arn == module.front.arn && aws_wafv2_web_acl_association.front[0].web_acl_arn == module.waf[0].arn
    error_message = "The front load balancer asks the web ACL."
  }

  assert {
    condition     = module.waf[0].wcu == 1448 && module.waf[0].log_group == "aws-waf-logs-scv"
    error_message = "Every protection fits in what the basic price holds: ${module.waf[0].wcu}."
  }
}

run "solution" {
  command = plan

  variables {
    waf = { style = "solution" }
  }

  assert {
    condition     = length(module.waf) == 0 && aws_wafv2_web_acl_association.front[0].web_acl_arn == "arn:aws:wafv2:ap-northeast-2:123456789012:regional/webacl/scv-waf/00000000-0000-0000-0000-000000000000"
    error_message = "The front load balancer asks the stack's web ACL."
  }
}

run "no_such_style_and_no_template" {
  command = plan

  variables {
    waf          = { style = "on", deny = ["198.51.100.0/24"] }
    waf_solution = { template_url = "aws-waf-security-automations.template" }
  }

  expect_failures = [var.waf, var.waf_solution]
}
