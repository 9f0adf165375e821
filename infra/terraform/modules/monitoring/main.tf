# What watches one region: log groups (logs.tf), alarms (alarms*.tf), the topics that they speak to
# (topic.tf), a dashboard (dashboard.tf). Nothing in here acts on a fleet or a database: an alarm that
# is wrong costs a look, never an instance.
locals {
  # What memo's and nginx's logs come to, and what the agents on the instances measure.
  log_namespace = "${var.name}/logs"

  # Each load balancer with the fleet behind it, in the order of a request.
  tiers = {
    front = merge(var.load_balancers["front"], { fleet = "web" })
    back  = merge(var.load_balancers["back"], { fleet = "was" })
  }
}

# One key for the logs and the messages: the same people read both.
module "key" {
  source = "../key"

  alias                   = "${var.name}-monitoring"
  description             = "${var.name}: logs of the instances, and messages of the alarms"
  account_arn_root        = "arn:${var.partition}:iam::${var.account}:root"
  deletion_window_in_days = var.key_deletion_days
  log_groups = {
    arn     = "arn:${var.partition}:logs:${var.region}:${var.account}:log-group:/${var.name}/*"
    service = "logs.${var.region}.${var.dns_suffix}"
  }
  publishers = ["cloudwatch.${var.dns_suffix}", "budgets.${var.dns_suffix}"]
}
