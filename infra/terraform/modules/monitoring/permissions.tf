# What the agents on the instances may do: write their logs, and metrics of one namespace.
locals {
  written_by = { web = ["nginx", "boot"], was = ["memo", "boot"] }
}

data "aws_iam_policy_document" "agent" {
  for_each = local.written_by

  statement {
    sid       = "WriteLogs"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = [for kind in each.value : "${aws_cloudwatch_log_group.this[kind].arn}:*"]
  }

  # PutMetricData knows no resources: the namespace is all that can be said.
  statement {
    sid       = "WriteMetrics"
    actions   = ["cloudwatch:PutMetricData"]
    resources = ["*"]

    condition {
      test     = "StringEquals"
      variable = "cloudwatch:namespace"
      values   = [var.agent_namespace]
    }
  }
}

resource "aws_iam_role_policy" "agent" {
  for_each = local.written_by

  name   = "${var.name}-agent"
  role   = var.fleets[each.key].role
  policy = data.aws_iam_policy_document.agent[each.key].json
}
