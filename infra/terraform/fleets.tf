# The two fleets: what they run, as whom, and how many.
data "aws_ami" "debian" {
  count = var.image_id == null ? 1 : 0

  most_recent = true
  owners      = [var.image_owner]

  filter {
    name   = "name"
    values = [var.image_name]
  }

  filter {
    name   = "virtualization-type"
    values = ["hvm"]
  }
}

locals {
  image_id = var.image_id == null ? data.aws_ami.debian[0].id : var.image_id

  manifest = var.artifacts_directory == null ? null : jsondecode(file("${var.artifacts_directory}/manifest.json"))
  release  = var.release == null ? local.manifest.version : var.release.version

  # Where the two packages of the release are, and the hashes that user data insists on.
  packages = var.release == null ? {
    memo = { key = local.manifest.packages["memo"].key, sha256 = local.manifest.packages["memo"].sha256 }
    web  = { key = local.manifest.packages["memo-web"].key, sha256 = local.manifest.packages["memo-web"].sha256 }
    } : {
    memo = {
      key    = "releases/${var.release.version}/${var.release.platform}/memo_${var.release.version}_${split("-", var.release.platform)[1]}.deb"
      sha256 = var.release.memo_sha256
    }
    web = {
      key    = "releases/${var.release.version}/${var.release.platform}/memo-web_${var.release.version}_all.deb"
      sha256 = var.release.web_sha256
    }
  }

  fleet_tags = merge(local.tags, { Region = var.region })
}

module "web_identity" {
  source = "./modules/identity"

  name          = "${var.name}-web-${var.region}"
  region        = var.region
  dns_suffix    = data.aws_partition.current.dns_suffix
  artifact_arns = concat(["${module.artifacts.arn}/releases/*/memo-web_*.deb"], lookup(local.channel_arns, "web", []))
  revisions     = lookup(local.revisions, "web", null)
}

module "was_identity" {
  source = "./modules/identity"

  name          = "${var.name}-was-${var.region}"
  region        = var.region
  dns_suffix    = data.aws_partition.current.dns_suffix
  artifact_arns = concat(["${module.artifacts.arn}/releases/*/memo_*.deb"], lookup(local.channel_arns, "was", []))
  revisions     = lookup(local.revisions, "was", null)
  secret        = { arn = local.secret.arn, kms_key_arn = module.key.arn }
}

module "web_user_data" {
  source = "./modules/user_data"

  tier          = "web"
  region        = var.region
  dns_suffix    = data.aws_partition.current.dns_suffix
  artifact      = merge({ bucket = module.artifacts.bucket }, local.packages["web"])
  channel       = lookup(local.channels, "web", null)
  when_ended    = one(module.web_agent[*].script)
  agent         = var.pipelines.enabled ? var.pipelines.agent : null
  session_agent = var.session_manager.enabled ? var.session_manager.agent : null
  settings = {
    BACK_HOST = module.back.dns_name
    API_HOST  = local.public_names["api"]
    WEB_PORT  = tostring(var.web.port)
  }
}

module "was_user_data" {
  source = "./modules/user_data"

  tier          = "was"
  region        = var.region
  dns_suffix    = data.aws_partition.current.dns_suffix
  artifact      = merge({ bucket = module.artifacts.bucket }, local.packages["memo"])
  channel       = lookup(local.channels, "was", null)
  when_ended    = one(module.was_agent[*].script)
  agent         = var.pipelines.enabled ? var.pipelines.agent : null
  session_agent = var.session_manager.enabled ? var.session_manager.agent : null
  settings = {
    DB_HOST      = module.database.address
    DB_PORT      = tostring(module.database.port)
    DB_NAME      = local.database.dbname
    DB_SECRET_ID = local.secret.id
    # The other region's database; empty: memo refuses writes that would have to wait for it.
    PEER_REGION     = try(var.peer.region, "")
    DB_REPLICA_HOST = try(coalesce(var.peer.database_address), "")
    DB_REPLICA_PORT = tostring(var.database.port)
    GLOBAL_FALLBACK = var.was.global_fallback
    WAS_PORT        = tostring(var.was.port)
    # Front load balancer, nginx, back load balancer.
    PROXY_HOPS = "3"
    LOG_LEVEL  = var.was.log_level
    SIGNUP     = var.was.signup
  }
}

module "web" {
  source = "./modules/fleet"

  name              = "${var.name}-web"
  image_id          = local.image_id
  instance_type     = var.web.instance_type
  instance_profile  = module.web_identity.instance_profile
  security_group_id = module.security.group_ids["web"]
  subnet_ids        = module.network.subnet_ids["web"]
  target_group_arn  = module.front.target_group_arn
  resource_label    = module.front.resource_label
  user_data         = module.web_user_data.script
  release           = local.running
  capacity          = { min = var.web.min, max = var.web.max, desired = var.web.desired }
  timing            = var.timing
  refresh           = var.refresh
  scaling = merge(var.step_scaling, {
    style               = var.scaling_style
    cpu                 = var.web.cpu
    requests_per_target = var.web.requests_per_target
  })
  force_delete = var.force_destroy
  tags         = local.fleet_tags

  depends_on = [aws_s3_object.artifact, aws_s3_object.channel]
}

module "was" {
  source = "./modules/fleet"

  name              = "${var.name}-was"
  image_id          = local.image_id
  instance_type     = var.was.instance_type
  instance_profile  = module.was_identity.instance_profile
  security_group_id = module.security.group_ids["was"]
  subnet_ids        = module.network.subnet_ids["was"]
  target_group_arn  = module.back.target_group_arn
  resource_label    = module.back.resource_label
  user_data         = module.was_user_data.script
  release           = local.running
  capacity          = { min = var.was.min, max = var.was.max, desired = var.was.desired }
  timing            = var.timing
  refresh           = var.refresh
  scaling = merge(var.step_scaling, {
    style               = var.scaling_style
    cpu                 = var.was.cpu
    requests_per_target = var.was.requests_per_target
  })
  force_delete = var.force_destroy
  tags         = local.fleet_tags

  depends_on = [aws_s3_object.artifact, aws_s3_object.channel]
}
