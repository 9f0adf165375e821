# Who may talk to whom, one line each. Everything else is refused, SSH included: nobody logs in.
#
#   clients ─443,80─▶ front_alb ─web_port─▶ web ─443─▶ back_alb ─was_port─▶ was ─▶ db
#
# Instances may open HTTPS connections to anywhere: S3, Secrets Manager, the distribution's mirror.
locals {
  groups = {
    front_alb = "Front load balancer: the public entrance"
    web       = "Web instances: nginx"
    back_alb  = "Back load balancer: from web to WAS"
    was       = "WAS instances: memo"
    db        = "Database"
  }

  between = {
    front_alb_to_web = { from = "front_alb", to = "web", port = var.web_port, why = "Pages and API calls" }
    web_to_back_alb  = { from = "web", to = "back_alb", port = 443, why = "API calls over TLS" }
    back_alb_to_was  = { from = "back_alb", to = "was", port = var.was_port, why = "API calls" }
    was_to_db        = { from = "was", to = "db", port = var.database_port, why = "SQL over TLS" }
  }

  entrance_ports = { http = 80, https = 443 }
  entrance = {
    for pair in setproduct(keys(local.entrance_ports), var.client_cidrs) :
    "${pair[0]} ${pair[1]}" => { port = local.entrance_ports[pair[0]], cidr = pair[1] }
  }
}

resource "aws_security_group" "this" {
  for_each = local.groups

  name        = "${var.name}-${replace(each.key, "_", "-")}"
  description = each.value
  vpc_id      = var.vpc_id

  tags = { Name = "${var.name}-${replace(each.key, "_", "-")}" }
}

resource "aws_vpc_security_group_ingress_rule" "clients" {
  for_each = local.entrance

  security_group_id = aws_security_group.this["front_alb"].id
  description       = "Clients"
  cidr_ipv4         = each.value.cidr
  ip_protocol       = "tcp"
  from_port         = each.value.port
  to_port           = each.value.port
}

resource "aws_vpc_security_group_ingress_rule" "between" {
  for_each = local.between

  security_group_id            = aws_security_group.this[each.value.to].id
  description                  = "${each.value.why} from ${each.value.from}"
  referenced_security_group_id = aws_security_group.this[each.value.from].id
  ip_protocol                  = "tcp"
  from_port                    = each.value.port
  to_port                      = each.value.port
}

resource "aws_vpc_security_group_egress_rule" "between" {
  for_each = local.between

  security_group_id            = aws_security_group.this[each.value.from].id
  description                  = "${each.value.why} to ${each.value.to}"
  referenced_security_group_id = aws_security_group.this[each.value.to].id
  ip_protocol                  = "tcp"
  from_port                    = each.value.port
  to_port                      = each.value.port
}

# Across the peering between the regions: a memo asks the other region's database whether it has a
# transaction. Groups of another region cannot be named, so these are prefixes.
resource "aws_vpc_security_group_egress_rule" "peer_database" {
  count = var.peer == null ? 0 : 1

  security_group_id = aws_security_group.this["was"].id
  description       = "SQL over TLS to the other region's database"
  cidr_ipv4         = var.peer.db
  ip_protocol       = "tcp"
  from_port         = var.database_port
  to_port           = var.database_port
}

resource "aws_vpc_security_group_ingress_rule" "peer_was" {
  count = var.peer == null ? 0 : 1

  security_group_id = aws_security_group.this["db"].id
  description       = "SQL over TLS from the other region's WAS instances"
  cidr_ipv4         = var.peer.was
  ip_protocol       = "tcp"
  from_port         = var.database_port
  to_port           = var.database_port
}

resource "aws_vpc_security_group_egress_rule" "https" {
  for_each = toset(["web", "was"])

  security_group_id = aws_security_group.this[each.key].id
  description       = "HTTPS to AWS and to the distribution's mirror"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}
