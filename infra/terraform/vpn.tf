# The way in for people: OpenVPN, and Session Manager for the instances. Both are off unless wanted.
module "vpn" {
  source = "./modules/vpn"
  count  = var.vpn.enabled ? 1 : 0

  name                 = var.name
  region               = var.region
  dns_suffix           = data.aws_partition.current.dns_suffix
  vpc_id               = module.network.vpc_id
  vpc_cidr             = local.vpc_cidr
  subnet_id            = module.network.subnet_ids["public"][0]
  group_ids            = module.security.group_ids
  web_port             = var.web.port
  was_port             = var.was.port
  database_port        = var.vpn.database ? var.database.port : null
  port                 = var.vpn.port
  client_cidrs         = var.vpn.client_cidrs
  client_network       = var.vpn.client_network
  private_domain       = "internal.${var.domain}"
  image_id             = local.image_id
  instance_type        = var.vpn.instance_type
  kms_key_arn          = module.key.arn
  secret_recovery_days = var.secret_recovery_days
  session_agent        = var.session_manager.enabled ? var.session_manager.agent : null
  # A zone has one vpn.: the primary region's. Another region's clients use its address.
  record = local.needs_zone ? { zone_id = local.zone_id, name = "vpn.${var.domain}" } : null
}

# Session Manager: a shell on a private instance without an open port, by a role and an agent. The
# agent reaches AWS through the NAT gateways as everything else does; endpoints of its own
# (ssm, ssmmessages) would cost more per zone and month than what it sends.
resource "aws_iam_role_policy_attachment" "session_manager" {
  for_each = var.session_manager.enabled ? merge(
    { web = module.web_identity.role_name, was = module.was_identity.role_name },
    var.vpn.enabled ? { vpn = module.vpn[0].role_name } : {},
  ) : {}

  role       = each.value
  policy_arn = "arn:${local.partition}:iam::aws:policy/AmazonSSMManagedInstanceCore"
}
