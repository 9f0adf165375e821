# The database and its credentials. The password is random, stored in Secrets Manager first, and
# given to the database from there: an apply that is interrupted in between goes on with the same
# password. It never enters the state or a plan.
locals {
  database = {
    engine   = "mariadb"
    username = "memo"
    dbname   = "memo"
    port     = var.database.port
    instance = var.name
  }
}

module "key" {
  source = "./modules/key"

  alias                   = "${var.name}-database"
  description             = "${var.name}: the database and its credentials"
  account_arn_root        = "arn:${local.partition}:iam::${local.account}:root"
  deletion_window_in_days = var.key_deletion_days
  log_groups = {
    arn     = "arn:${local.partition}:logs:${var.region}:${local.account}:log-group:/aws/rds/instance/${var.name}/*"
    service = "logs.${var.region}.${data.aws_partition.current.dns_suffix}"
  }
}

module "new_password" {
  source = "./modules/new_password"
}

module "secret" {
  source = "./modules/secret"

  name                    = "${var.name}/database"
  kms_key_arn             = module.key.arn
  recovery_window_in_days = var.secret_recovery_days
  database                = local.database
  password                = module.new_password.password
  password_version        = var.database_password_version
}

module "stored_password" {
  source = "./modules/stored_password"

  secret_version = module.secret.version
}

module "database" {
  source = "./modules/database"

  identifier            = local.database.instance
  engine_version        = var.database.engine_version
  instance_class        = var.database.instance_class
  storage_gib           = { initial = var.database.storage_gib, max = var.database.storage_max_gib }
  vpc_id                = module.network.vpc_id
  subnet_ids            = module.network.subnet_ids["db"]
  security_group_id     = module.security.group_ids["db"]
  kms_key_arn           = module.key.arn
  database_name         = local.database.dbname
  username              = local.database.username
  password              = module.stored_password.password
  password_version      = var.database_password_version
  port                  = local.database.port
  multi_az              = var.database.multi_az
  ca_cert_identifier    = var.database.ca_cert_identifier
  backup_retention_days = var.database.backup_retention_days
  log_retention_days    = var.log_retention_days
  apply_immediately     = var.database.apply_immediately
  deletion_protection   = var.deletion_protection
  final_snapshot        = var.database.final_snapshot
}
