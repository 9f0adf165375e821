# Log groups of the instances, and what is counted in them. The database's own logs are in groups
# that modules/database makes (/aws/rds/instance/…).
locals {
  log_groups = {
    memo  = "memo: one JSON object a line"
    nginx = "nginx: errors, and where the back load balancer is"
    boot  = "cloud-init: user data of every boot"
  }

  # Pattern of lines that count, and the metric that they are.
  log_filters = {
    memo_errors = {
      group   = "memo"
      pattern = "{ $.level = \"error\" }"
      metric  = "MemoErrors"
    }
    # [error] is a request that failed, which the load balancers count, too.
    nginx_failures = {
      group   = "nginx"
      pattern = "?\"[crit]\" ?\"[alert]\" ?\"[emerg]\""
      metric  = "NginxFailures"
    }
    boot_failures = {
      group   = "boot"
      pattern = "\"boot: FAILED\""
      metric  = "BootFailures"
    }
  }
}

resource "aws_cloudwatch_log_group" "this" {
  for_each = local.log_groups

  name              = "/${var.name}/${each.key}"
  retention_in_days = var.retention_days
  kms_key_id        = module.key.arn

  tags = { Name = "/${var.name}/${each.key}", Holds = each.key }
}

resource "aws_cloudwatch_log_metric_filter" "this" {
  for_each = local.log_filters

  name           = replace("${var.name}-${each.key}", "_", "-")
  log_group_name = aws_cloudwatch_log_group.this[each.value.group].name
  pattern        = each.value.pattern

  metric_transformation {
    namespace = local.log_namespace
    name      = each.value.metric
    value     = "1"
    # Lines that do not count are zeros: silence means that nobody logs, not that all is well.
    default_value = "0"
    unit          = "Count"
  }
}
