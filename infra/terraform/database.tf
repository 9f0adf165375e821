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
}

ephemeral "aws_secretsmanager_random_password" "database" {
  password_length     = 32
  exclude_punctuation = true
}

module "secret" {
  source = "./modules/secret"

  name                    = "${var.name}/database"
  kms_key_arn             = module.key.arn
  recovery_window_in_days = var.secret_recovery_days
  database                = local.database
  password                = ephemeral.aws_secretsmanager_random_password.database.random_password
  password_version        = var.database_password_version
}

ephemeral "aws_secretsmanager_secret_version" "database" {
  secret_id  = module.secret.version.secret_id
  version_id = module.secret.version.version_id
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
  password              = jsondecode(ephemeral.aws_secretsmanager_secret_version.database.secret_string)["password"]
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
