mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  name                 = "scv"
  region               = "ap-northeast-2"
  dns_suffix           = "amazonaws.com"
  vpc_id               = "vpc-0123456789abcdef0"
  vpc_cidr             = "10.10.0.0/16"
  subnet_id            = "subnet-0123456789abcdef0"
  group_ids            = { web = "sg-1", back_alb = "sg-2", was = "sg-3", db = "sg-4" }
  web_port             = 80
  was_port             = 8080
  port                 = 1194
  client_cidrs         = ["203.0.113.0/24"]
  client_network       = "10.250.0.0/24"
  private_domain       = "internal.example.com"
  image_id             = "ami-0123456789abcdef0"
  instance_type        = "t3.micro"
  kms_key_arn          = "arn:aws:kms:ap-northeast-2:123456789012:key/0123"
  secret_recovery_days = 7
}

run "guarded" {
  command = plan

  assert {
    condition     = aws_instance.this.metadata_options[0].http_tokens == "required" && aws_instance.this.root_block_device[0].encrypted
    error_message = "Metadata version 2 only, an encrypted volume."
  }

  assert {
    condition     = alltrue([for rule in aws_vpc_security_group_ingress_rule.clients : rule.ip_protocol == "udp" && rule.from_port == 1194 && rule.cidr_ipv4 == "203.0.113.0/24"])
    error_message = "People come by OpenVPN alone, from where they are expected."
  }

  assert {
    condition     = toset(keys(aws_vpc_security_group_ingress_rule.reach)) == toset(["back_alb", "was", "web"]) && alltrue([for rule in aws_vpc_security_group_egress_rule.reach : rule.cidr_ipv4 == null])
    error_message = "They reach the tiers by group, and not the database."
  }

  assert {
    condition     = aws_vpc_security_group_egress_rule.https.from_port == 443 && length(aws_route53_record.this) == 0
    error_message = "Out by HTTPS; no record unless it is named."
  }
}

run "with_the_database_and_a_name" {
  command = plan

  variables {
    database_port = 3306
    record        = { zone_id = "Z0", name = "vpn.example.com" }
    session_agent = { version = "3.3.0.0", sha256 = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" }
  }

  assert {
    condition     = aws_vpc_security_group_ingress_rule.reach["db"].from_port == 3306 && aws_route53_record.this[0].name == "vpn.example.com"
    error_message = "The database where it is wanted, and a name."
  }
}

run "ssh_is_refused" {
  command = plan

  variables {
    port = 22
  }

  expect_failures = [var.port]
}
