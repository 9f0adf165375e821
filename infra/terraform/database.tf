# The database and its credentials. The password is random, stored in Secrets Manager first, and
# given to the database from there: an apply that is interrupted in between goes on with the same
# password. It never enters the state or a plan.
#
# The other region's database is a read replica of this one, or this one of the other's. What one
# region must know of the other follows from names alone, so that each can be planned and applied
# while the other is down or being applied, too.
locals {
  database_role = coalesce(var.database.role, var.isPrimary ? "source" : "replica")
  owns_secret   = var.isPrimary || local.database_role == "source"
  database_source_arn = (
    local.database_role == "replica" && var.database.source_region != null
    ? "arn:${local.partition}:rds:${var.database.source_region}:${local.account}:db:${var.name}"
    : null
  )

  # The secret has six random characters at its ARN's end, in every region the same.
  secret_name = "${var.name}/database"
  secret = local.owns_secret ? {
    id  = module.secret[0].version.secret_id
    arn = module.secret[0].arn
    } : {
    id  = local.secret_name
    arn = "arn:${local.partition}:secretsmanager:${var.region}:${local.account}:secret:${local.secret_name}-??????"
  }

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
  count  = local.owns_secret ? 1 : 0
}

module "secret" {
  source = "./modules/secret"
  count  = local.owns_secret ? 1 : 0

  name                    = local.secret_name
  kms_key_arn             = module.key.arn
  recovery_window_in_days = var.secret_recovery_days
  database                = local.database
  password                = module.new_password[0].password
  password_version        = var.database_password_version
  replica                 = var.peer == null ? null : { region = var.peer.region, kms_key = "alias/${var.name}-database" }
}

module "stored_password" {
  source = "./modules/stored_password"
  count  = local.owns_secret ? 1 : 0

  secret_version = module.secret[0].version
}

module "database" {
  source = "./modules/database"

  identifier            = local.database.instance
  role                  = local.database_role
  source_arn            = local.database_source_arn
  engine_version        = var.database.engine_version
  instance_class        = var.database.instance_class
  storage_gib           = { initial = var.database.storage_gib, max = var.database.storage_max_gib }
  vpc_id                = module.network.vpc_id
  subnet_ids            = module.network.subnet_ids["db"]
  security_group_id     = module.security.group_ids["db"]
  kms_key_arn           = module.key.arn
  database_name         = local.database.dbname
  username              = local.database.username
  password              = local.database_role == "source" ? module.stored_password[0].password : null
  password_version      = var.database_password_version
  port                  = local.database.port
  multi_az              = coalesce(var.database.multi_az, local.database_role != "replica")
  ca_cert_identifier    = var.database.ca_cert_identifier
  backup_retention_days = var.database.backup_retention_days
  log_retention_days    = var.log_retention_days
  apply_immediately     = var.database.apply_immediately
  deletion_protection   = var.deletion_protection
  final_snapshot        = var.database.final_snapshot
}
