mock_provider "aws" {
  source = "../../tests/mocks"

  mock_resource "aws_cloudformation_stack" {
    defaults = {
      outputs = { WAFWebACLArn = "arn:aws:wafv2:ap-northeast-2:123456789012:regional/webacl/scv-waf/0" }
    }
  }
}

variables {
  name   = "scv-waf"
  bucket = "scv-logs"
  prefix = "front/AWSLogs/"
  settings = {
    template_url             = "https://s3.amazonaws.com/solutions-reference/security-automations-for-aws-waf/latest/aws-waf-security-automations.template"
    managed                  = ["ip_reputation"]
    sqli                     = "yes"
    sqli_sensitivity         = "LOW"
    xss                      = "yes"
    flood                    = "rate"
    flood_limit              = 100
    window_minutes           = 5
    scanners                 = "lambda"
    error_limit              = 50
    block_minutes            = 240
    reputation               = true
    bad_bot                  = false
    allow_minutes            = -1
    deny_minutes             = 1440
    expiry_email             = ""
    log_retention_days       = 365
    bucket_has_access_log    = false
    keep_logs_in_place       = true
    athena_schedule_minutes  = 5
    athena_group_by          = "None"
    flood_limit_of_countries = {}
  }
}

run "for_a_load_balancer" {
  assert {
    condition     = aws_cloudformation_stack.this.parameters["EndpointType"] == "ALB" && aws_cloudformation_stack.this.parameters["AppAccessLogBucketPrefixParam"] == "front/AWSLogs/"
    error_message = "The parsers read the load balancer's log."
  }

  assert {
    condition = (
      aws_cloudformation_stack.this.parameters["ActivateHttpFloodProtectionParam"] == "yes - AWS WAF rate based rule"
      && aws_cloudformation_stack.this.parameters["ActivateScannersProbesProtectionParam"] == "yes - AWS Lambda log parser"
      && aws_cloudformation_stack.this.parameters["ActivateBadBotProtectionParam"] == "no"
      && aws_cloudformation_stack.this.parameters["IPRetentionPeriodDeniedParam"] == "1440"
    )
    error_message = "The parameters are in the template's words."
  }

  assert {
    condition     = aws_cloudformation_stack.this.parameters["ActivateAWSManagedIPRParam"] == "yes" && aws_cloudformation_stack.this.parameters["ActivateAWSManagedRulesParam"] == "no"
    error_message = "Of AWS's groups those that were named."
  }

  assert {
    condition     = output.arn == "arn:aws:wafv2:ap-northeast-2:123456789012:regional/webacl/scv-waf/0"
    error_message = "The web ACL is the stack's."
  }
}

run "prefix_without_its_end" {
  command = plan

  variables {
    prefix = "front/"
  }

  expect_failures = [var.prefix]
}
