variable "budget" {
  description = "What the account may cost a month, in US dollars (./scv cost says what to expect), and who is told: one or two e-mail addresses, and an SNS topic if its ARN is not empty. warn_at, alarm_at, spent_at: percentages of what was spent; forecast_at: of what is forecast. only_this_project counts what has the tag Project, once it is a cost allocation tag. null: no budget."
  type = object({
    amount            = number
    recipients        = list(string)
    warn_at           = optional(number, 50)
    alarm_at          = optional(number, 80)
    spent_at          = optional(number, 100)
    forecast_at       = optional(number, 100)
    topic_arn         = optional(string, "")
    only_this_project = optional(bool, false)
  })
  default = null

  validation {
    condition     = var.budget == null ? true : var.budget.amount >= 1 && var.budget.amount <= 1000000
    error_message = "budget: an amount of 1 to 1,000,000 US dollars."
  }

  validation {
    condition     = var.budget == null ? true : contains([1, 2], length(var.budget.recipients)) && alltrue([for address in var.budget.recipients : can(regex("^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$", address)) && length(address) <= 50])
    error_message = "budget: one or two e-mail addresses of at most 50 characters."
  }

  validation {
    condition     = var.budget == null ? true : alltrue([for at in [var.budget.warn_at, var.budget.alarm_at, var.budget.spent_at, var.budget.forecast_at] : at >= 1 && at <= 1000])
    error_message = "budget: percentages of 1 to 1000."
  }
}
