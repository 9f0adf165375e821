# What the account may cost a month: a CloudFormation stack that tells people. Of the whole account, so
# it is here and not in a region.
resource "aws_cloudformation_stack" "budget" {
  count = var.budget == null ? 0 : 1

  name          = "${var.name}-budget"
  template_body = file("${path.module}/../cloudformation/budget.yaml")

  parameters = {
    BudgetName      = "${var.name}-monthly"
    Amount          = tostring(var.budget.amount)
    WarnAt          = tostring(var.budget.warn_at)
    AlarmAt         = tostring(var.budget.alarm_at)
    SpentAt         = tostring(var.budget.spent_at)
    ForecastAt      = tostring(var.budget.forecast_at)
    Recipient       = var.budget.recipients[0]
    SecondRecipient = try(var.budget.recipients[1], "")
    TopicArn        = var.budget.topic_arn
    ProjectTag      = var.budget.only_this_project ? var.name : ""
  }

  on_failure = "ROLLBACK"
}
