# A VPN for people: community OpenVPN on one instance in a public subnet. It reaches the private tiers
# as any other group does, through rules that name groups; there is no SSH to anything.
#
# Clients leave it under its own address (masquerading), so that the tiers' groups can name its group,
# no route table has to know the clients' network, and the check of source addresses stays on.
locals {
  # Who it may reach, and by which port.
  reach = merge(
    { for port in ["was"] : port => { group = var.group_ids["was"], port = var.was_port, why = "memo" } },
    { for port in ["web"] : port => { group = var.group_ids["web"], port = var.web_port, why = "nginx" } },
    { for port in ["back_alb"] : port => { group = var.group_ids["back_alb"], port = 443, why = "The back load balancer" } },
    var.database_port == null ? {} : {
      db = { group = var.group_ids["db"], port = var.database_port, why = "The database" }
    },
  )

  script = join("\n", concat(
    [
      "#!/bin/sh",
      "# Written by Terraform.",
    ],
    [for name, value in merge({
      REGION        = var.region
      DNS_SUFFIX    = var.dns_suffix
      BOOT_DEADLINE = tostring(var.boot_deadline)
      SECRET_ID     = aws_secretsmanager_secret.pki.id
      CLIENTS       = var.client_network
      VPC           = var.vpc_cidr
      PORT          = tostring(var.port)
      DOMAIN        = var.private_domain
      }, var.session_agent == null ? {} : {
      SESSION_AGENT        = var.session_agent.version
      SESSION_AGENT_SHA256 = var.session_agent.sha256
    }) : "${name}='${replace(value, "'", "'\\''")}'"],
    [file("${path.module}/../user_data/boot.sh"), file("${path.module}/boot.sh")],
    var.session_agent == null ? [] : [file("${path.module}/../user_data/session.sh")],
  ))
}

# Server and clients: authorities, keys, who was revoked. infra/vpn/pki fills it; no value of it is in
# the state.
resource "aws_secretsmanager_secret" "pki" {
  name                    = "${var.name}/vpn"
  description             = "What the VPN's server proves itself with, and whom it lets in"
  kms_key_id              = var.kms_key_arn
  recovery_window_in_days = var.secret_recovery_days

  tags = { Name = "${var.name}/vpn" }
}

resource "aws_security_group" "this" {
  name        = "${var.name}-vpn"
  description = "VPN: people"
  vpc_id      = var.vpc_id

  tags = { Name = "${var.name}-vpn" }
}

resource "aws_vpc_security_group_ingress_rule" "clients" {
  for_each = toset(var.client_cidrs)

  security_group_id = aws_security_group.this.id
  description       = "OpenVPN"
  cidr_ipv4         = each.value
  ip_protocol       = "udp"
  from_port         = var.port
  to_port           = var.port
}

resource "aws_vpc_security_group_egress_rule" "https" {
  security_group_id = aws_security_group.this.id
  description       = "HTTPS to AWS and to the distribution's mirror"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_vpc_security_group_egress_rule" "reach" {
  for_each = local.reach

  security_group_id            = aws_security_group.this.id
  description                  = "${each.value.why} for people"
  referenced_security_group_id = each.value.group
  ip_protocol                  = "tcp"
  from_port                    = each.value.port
  to_port                      = each.value.port
}

resource "aws_vpc_security_group_ingress_rule" "reach" {
  for_each = local.reach

  security_group_id            = each.value.group
  description                  = "${each.value.why} for people from vpn"
  referenced_security_group_id = aws_security_group.this.id
  ip_protocol                  = "tcp"
  from_port                    = each.value.port
  to_port                      = each.value.port
}

resource "aws_instance" "this" {
  ami                         = var.image_id
  instance_type               = var.instance_type
  subnet_id                   = var.subnet_id
  vpc_security_group_ids      = [aws_security_group.this.id]
  iam_instance_profile        = aws_iam_instance_profile.this.name
  user_data                   = local.script
  user_data_replace_on_change = true

  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
  }

  root_block_device {
    volume_type = "gp3"
    volume_size = 8
    encrypted   = true
  }

  tags = { Name = "${var.name}-vpn" }

  # The rules first: the instance's first act is a download.
  depends_on = [aws_vpc_security_group_egress_rule.https, aws_iam_role_policy_attachment.this]
}

resource "aws_eip" "this" {
  domain = "vpc"

  tags = { Name = "${var.name}-vpn" }
}

resource "aws_eip_association" "this" {
  allocation_id = aws_eip.this.id
  instance_id   = aws_instance.this.id
}

resource "aws_route53_record" "this" {
  count = var.record == null ? 0 : 1

  zone_id = var.record.zone_id
  name    = var.record.name
  type    = "A"
  ttl     = 60
  records = [aws_eip.this.public_ip]
}
