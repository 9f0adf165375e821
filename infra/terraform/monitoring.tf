# What watches this region (docs/monitoring.md). Off unless monitoring.enabled.
locals {
  agent_namespace = "${var.name}/instances"
}

module "monitoring" {
  source = "./modules/monitoring"
  count  = var.monitoring.enabled ? 1 : 0

  name              = var.name
  region            = var.region
  zones             = local.zones
  account           = local.account
  partition         = local.partition
  dns_suffix        = data.aws_partition.current.dns_suffix
  key_deletion_days = var.key_deletion_days
  retention_days    = coalesce(var.monitoring.retention_days, var.log_retention_days)
  recipients        = var.monitoring.recipients
  load_balancers    = { front = module.front.metric_names, back = module.back.metric_names }
  fleets = {
    web = { group = module.web.group_name, min = var.web.min, role = module.web_identity.role_name }
    was = { group = module.was.group_name, min = var.was.min, role = module.was_identity.role_name }
  }
  database = {
    identifier  = module.database.identifier
    storage_gib = var.database.storage_gib
    is_replica  = local.database_role == "replica"
  }
  certificate_arn = module.certificate.arn
  agent_namespace = local.agent_namespace
  thresholds      = var.monitoring.thresholds
}

# What the fleets' boot scripts do when they end.
module "web_agent" {
  source = "./modules/monitoring_agent"
  count  = var.monitoring.enabled && var.monitoring.agent.enabled ? 1 : 0

  tier       = "web"
  group      = "${var.name}-web"
  namespace  = local.agent_namespace
  log_groups = module.monitoring[0].log_groups
  interval   = var.monitoring.agent.interval
  package    = var.monitoring.agent
}

module "was_agent" {
  source = "./modules/monitoring_agent"
  count  = var.monitoring.enabled && var.monitoring.agent.enabled ? 1 : 0

  tier       = "was"
  group      = "${var.name}-was"
  namespace  = local.agent_namespace
  log_groups = module.monitoring[0].log_groups
  interval   = var.monitoring.agent.interval
  package    = var.monitoring.agent
}

output "monitoring" {
  description = "The topics (page, inform; budgets speak to inform), the alarms' names and the dashboard's. null: not watched."
  value = var.monitoring.enabled ? {
    topic_arns  = module.monitoring[0].topic_arns
    alarm_names = module.monitoring[0].alarm_names
    dashboard   = module.monitoring[0].dashboard
    log_groups  = module.monitoring[0].log_groups
  } : null
}
