# The budget: none unless it is wanted, and its limits.
mock_provider "aws" {
  source = "./tests/mocks"

  override_data {
    target = data.aws_availability_zones.this["primary"]
    values = { names = ["ap-northeast-2c", "ap-northeast-2a", "ap-northeast-2b"] }
  }

  override_data {
    target = data.aws_availability_zones.this["secondary"]
    values = { names = ["ap-northeast-1d", "ap-northeast-1a", "ap-northeast-1c"] }
  }
}

variables {
  domain = "example.com"
}

run "none" {
  command = plan

  assert {
    condition     = length(aws_cloudformation_stack.budget) == 0
    error_message = "No budget unless it is wanted."
  }
}

run "wanted" {
  command = plan

  variables {
    budget = { amount = 300, recipients = ["team@example.com"], alarm_at = 90 }
  }

  assert {
    condition     = aws_cloudformation_stack.budget[0].parameters["Amount"] == "300" && aws_cloudformation_stack.budget[0].parameters["AlarmAt"] == "90" && aws_cloudformation_stack.budget[0].parameters["SecondRecipient"] == ""
    error_message = "Amount, thresholds and recipients are the variable's."
  }

  assert {
    condition     = strcontains(aws_cloudformation_stack.budget[0].template_body, "AWS::Budgets::Budget")
    error_message = "The stack is infra/cloudformation/budget.yaml."
  }
}

run "nobody_is_told" {
  command = plan

  variables {
    budget = { amount = 300, recipients = [] }
  }

  expect_failures = [var.budget]
}
