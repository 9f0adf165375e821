# Whether Route 53 sees the two regions. Its health checks are measured in us-east-1 alone, and an
# alarm, its topic and the topic's key are in one region: this is here, and not in infra/terraform.
locals {
  routing_alarms = var.monitoring.enabled ? {
    primary = {
      output      = "PrimaryHealthCheckId"
      description = "The primary region cannot serve: names lead to the secondary one, or will. See docs/runbook.md."
    }
    secondary = {
      output      = "SecondaryHealthCheckId"
      description = "The secondary region could not stand in."
    }
  } : {}
  watched        = var.monitoring.enabled ? 1 : 0
  routing_region = "us-east-1"
}

data "aws_caller_identity" "routing" {
  count = local.watched
}

data "aws_partition" "routing" {
  count = local.watched
}

data "aws_iam_policy_document" "routing_key" {
  count = local.watched

  statement {
    sid       = "DelegateToIam"
    actions   = ["kms:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["arn:${data.aws_partition.routing[0].partition}:iam::${data.aws_caller_identity.routing[0].account_id}:root"]
    }
  }

  statement {
    sid       = "EncryptMessages"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey*"]
    resources = ["*"]

    principals {
      type        = "Service"
      identifiers = ["cloudwatch.${data.aws_partition.routing[0].dns_suffix}"]
    }
  }
}

resource "aws_kms_key" "routing" {
  count = local.watched

  region              = local.routing_region
  description         = "${var.name}: messages about the routing between the regions"
  enable_key_rotation = true
  policy              = data.aws_iam_policy_document.routing_key[0].json

  tags = { Name = "${var.name}-routing" }
}

resource "aws_sns_topic" "routing" {
  count = local.watched

  region            = local.routing_region
  name              = "${var.name}-routing"
  display_name      = "${var.name} routing"
  kms_master_key_id = aws_kms_key.routing[0].arn

  tags = { Name = "${var.name}-routing" }
}

data "aws_iam_policy_document" "routing_topic" {
  count = local.watched

  statement {
    sid       = "Alarms"
    actions   = ["sns:Publish"]
    resources = [aws_sns_topic.routing[0].arn]

    principals {
      type        = "Service"
      identifiers = ["cloudwatch.${data.aws_partition.routing[0].dns_suffix}"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [data.aws_caller_identity.routing[0].account_id]
    }
  }

  statement {
    sid       = "TlsOnly"
    effect    = "Deny"
    actions   = ["sns:Publish"]
    resources = [aws_sns_topic.routing[0].arn]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}

resource "aws_sns_topic_policy" "routing" {
  count = local.watched

  region = local.routing_region
  arn    = aws_sns_topic.routing[0].arn
  policy = data.aws_iam_policy_document.routing_topic[0].json
}

resource "aws_sns_topic_subscription" "routing" {
  for_each = var.monitoring.enabled ? var.monitoring.recipients : []

  region    = local.routing_region
  topic_arn = aws_sns_topic.routing[0].arn
  protocol  = "email"
  endpoint  = each.value
}

resource "aws_cloudwatch_metric_alarm" "routing" {
  for_each = local.routing_alarms

  region              = local.routing_region
  alarm_name          = "${var.name}-${each.key}-health-check"
  alarm_description   = each.value.description
  namespace           = "AWS/Route53"
  metric_name         = "HealthCheckStatus"
  dimensions          = { HealthCheckId = aws_cloudformation_stack.failover.outputs[each.value.output] }
  statistic           = "Minimum"
  comparison_operator = "LessThanThreshold"
  threshold           = 1
  period              = 60
  evaluation_periods  = 2
  # A health check reports as long as there is one.
  treat_missing_data = "breaching"
  alarm_actions      = [aws_sns_topic.routing[0].arn]
  ok_actions         = [aws_sns_topic.routing[0].arn]

  tags = { Name = "${var.name}-${each.key}-health-check" }
}
