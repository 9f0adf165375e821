# One pipeline for the frontend, one for the backend. The fleets then follow a channel: instances
# install what it names, and the pipelines move it. What this apply would have installed is where the
# channel begins.
locals {
  pipelines = var.pipelines.enabled ? {
    web = { package = "memo-web", load_balancer = module.front, fleet = module.web.group_name }
    was = { package = "memo", load_balancer = module.back, fleet = module.was.group_name }
  } : {}
  pipelines_bucket = "${var.name}-pipelines-${local.account}-${var.region}"

  platform = var.release == null ? local.manifest.platform : var.release.platform
  # What user data resolves, per component. Empty: the version is the launch template's.
  channels = var.pipelines.enabled ? {
    for component in ["web", "was"] : component => "channels/${var.pipelines.channel}/${component}/${local.platform}/manifest.json"
  } : {}
  # For tags: which version an instance has is then the channel's affair.
  running = var.pipelines.enabled ? "channel ${var.pipelines.channel}" : local.release

  # What further an instance may read: the channel, and the revisions that CodeDeploy hands it.
  channel_arns = { for component, key in local.channels : component => ["${module.artifacts.arn}/${dirname(key)}/*"] }
  revisions = {
    for component in keys(local.channels) : component => {
      arn         = "${module.pipeline_store[0].arn}/${substr("${var.name}-${component}", 0, 20)}/*"
      kms_key_arn = module.pipeline_key[0].arn
    }
  }
}

module "pipeline_key" {
  source = "./modules/key"
  count  = var.pipelines.enabled ? 1 : 0

  alias                   = "${var.name}-pipelines"
  description             = "${var.name}: what pipelines hand on, and their logs"
  account_arn_root        = "arn:${local.partition}:iam::${local.account}:root"
  deletion_window_in_days = var.key_deletion_days
  log_groups = {
    arn     = "arn:${local.partition}:logs:${var.region}:${local.account}:log-group:/aws/codebuild/${var.name}-*"
    service = "logs.${var.region}.${data.aws_partition.current.dns_suffix}"
  }
}

# Nothing in it expires: an instance that starts a year after the last deployment gets that revision.
module "pipeline_store" {
  source = "./modules/bucket"
  count  = var.pipelines.enabled ? 1 : 0

  bucket                 = local.pipelines_bucket
  versioning             = true
  expire_noncurrent_days = 30
  force_destroy          = var.force_destroy
}

module "pipeline_source" {
  source = "./modules/pipeline_source"
  count  = var.pipelines.enabled ? 1 : 0

  name              = var.name
  kind              = var.pipelines.source.kind
  repository        = var.pipelines.source.repository
  create_repository = var.pipelines.source.create_repository
  connection_arn    = var.pipelines.source.connection_arn
  provider_type     = var.pipelines.source.provider_type
  bucket            = module.pipeline_store[0].bucket
  key_arn           = module.pipeline_key[0].arn
}

# Where the channel begins. Afterwards it is the pipelines'.
resource "aws_s3_object" "channel" {
  for_each = { for component, key in local.channels : key => component }

  bucket       = module.artifacts.bucket
  key          = each.key
  content_type = "application/json"
  content = jsonencode({
    version  = local.release
    platform = local.platform
    packages = { (each.value == "was" ? "memo" : "memo-web") = local.packages[each.value == "was" ? "memo" : "web"] }
  })

  lifecycle {
    ignore_changes = all
  }
}

module "pipeline" {
  source   = "./modules/pipeline"
  for_each = local.pipelines

  name      = "${var.name}-${each.key}"
  component = each.key
  place = {
    partition  = local.partition
    region     = var.region
    account    = local.account
    dns_suffix = data.aws_partition.current.dns_suffix
  }
  source_code = {
    kind           = var.pipelines.source.kind
    repository     = module.pipeline_source[0].repository
    repository_arn = "arn:${local.partition}:codecommit:${var.region}:${local.account}:${var.pipelines.source.repository}"
    branch         = var.pipelines.source.branch
    object_key     = var.pipelines.source.object_key
    connection_arn = module.pipeline_source[0].connection_arn
    file_paths     = lookup(var.pipelines.source.file_paths, each.key, [])
  }
  store          = { bucket = module.pipeline_store[0].bucket, arn = module.pipeline_store[0].arn }
  key_arn        = module.pipeline_key[0].arn
  releases       = { bucket = module.artifacts.bucket, arn = module.artifacts.arn }
  channel        = var.pipelines.channel
  architectures  = var.pipelines.architectures
  build          = merge(var.pipelines.build, { compute_type = var.pipelines.build.compute_type[each.key] })
  execution_mode = var.pipelines.execution_mode
  approval       = var.pipelines.approval
  fleet = {
    group_name        = each.value.fleet
    architecture      = split("-", local.platform)[1]
    target_group_arn  = each.value.load_balancer.target_group_arn
    load_balancer_arn = each.value.load_balancer.arn
  }
  deploy             = var.pipelines.deploy
  topic              = var.pipelines.topic_arn == null ? null : { arn = var.pipelines.topic_arn }
  log_retention_days = var.log_retention_days
}

output "pipelines" {
  description = "The pipelines by component, and where their source goes: the repository's URL, the object, or the connection that a person completes. Empty while they are off."
  value = var.pipelines.enabled ? {
    web          = module.pipeline["web"].name
    was          = module.pipeline["was"].name
    clone_url    = module.pipeline_source[0].clone_url
    source       = var.pipelines.source.kind == "s3" ? "s3://${module.pipeline_store[0].bucket}/${var.pipelines.source.object_key}" : null
    connection   = module.pipeline_source[0].connection_arn
    applications = { for component, pipeline in module.pipeline : component => pipeline.application.name }
  } : null
}
