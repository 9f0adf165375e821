# Tokyo: the other region. Nothing in it is looked up in Seoul.
mock_provider "aws" {
  source = "./tests/mocks"

  override_data {
    target = data.aws_availability_zones.available
    values = { names = ["ap-northeast-1a", "ap-northeast-1c", "ap-northeast-1d"] }
  }
}

variables {
  region              = "ap-northeast-1"
  domain              = "example.com"
  isPrimary           = false
  artifacts_directory = "./tests/artifacts"
  database            = { source_region = "ap-northeast-2" }
  peer = {
    region           = "ap-northeast-2"
    vpc_cidr         = "10.10.0.0/16"
    database_address = "scv.abcdefghijkl.ap-northeast-2.rds.amazonaws.com"
  }
}

run "plan" {
  command = plan

  assert {
    condition     = local.vpc_cidr == "10.20.0.0/16"
    error_message = "Tokyo's addresses do not overlap Seoul's."
  }

  assert {
    condition     = length(aws_route53_zone.this) == 0 && length(aws_route53_record.public) == 0
    error_message = "The zone and the public names belong to the primary region."
  }

  assert {
    condition     = length(data.aws_route53_zone.this) == 0 && local.zone_id == null
    error_message = "Nothing of the public zone is needed, so that both regions can be applied at once."
  }

  assert {
    condition     = length(module.certificate.proofs) == 0
    error_message = "The primary region proves the certificate's names for every region."
  }

  assert {
    condition     = length(module.secret) == 0 && length(module.new_password) == 0 && length(module.stored_password) == 0
    error_message = "The secret is Seoul's; Tokyo has a copy of it."
  }

  assert {
    condition     = local.database_source_arn == "arn:aws:rds:ap-northeast-2:123456789012:db:scv" && output.database.role == "replica"
    error_message = "The database follows Seoul's, whose ARN follows from its name."
  }

  assert {
    condition     = local.artifacts_bucket == "scv-artifacts-123456789012-ap-northeast-1"
    error_message = "Each region has buckets of its own."
  }
}

run "apply" {
  assert {
    condition     = strcontains(module.was_user_data.script, "DB_SECRET_ID='scv/database'")
    error_message = "memo asks for the copy of the secret by its name, which is the same everywhere."
  }

  assert {
    condition     = strcontains(module.was_user_data.script, "DB_REPLICA_HOST='scv.abcdefghijkl.ap-northeast-2.rds.amazonaws.com'") && strcontains(module.was_user_data.script, "GLOBAL_FALLBACK='fail'")
    error_message = "memo is told the other region's database, for when this one has the writer."
  }

  assert {
    condition     = aws_route53_zone.private.name == "internal.example.com"
    error_message = "Each region has private names of its own."
  }
}

run "promoted" {
  command = plan

  variables {
    database = { role = "standalone" }
  }

  assert {
    condition     = output.database.role == "standalone" && length(module.secret) == 0
    error_message = "A promoted database keeps its source's user and password."
  }
}

run "seoul_follows_tokyo" {
  command = plan

  variables {
    region    = "ap-northeast-2"
    isPrimary = true
    database  = { role = "replica", source_region = "ap-northeast-1" }
    peer      = { region = "ap-northeast-1", vpc_cidr = "10.20.0.0/16" }
  }

  assert {
    condition     = length(module.secret) == 1 && local.database_source_arn == "arn:aws:rds:ap-northeast-1:123456789012:db:scv"
    error_message = "After a failover the leading region's database follows the other one's; the secret stays its own."
  }
}

run "a_replica_of_nobody" {
  command = plan

  variables {
    database = {}
  }

  expect_failures = [var.database]
}

run "a_replica_of_itself" {
  command = plan

  variables {
    database = { source_region = "ap-northeast-1" }
  }

  expect_failures = [var.database]
}

run "its_own_peer" {
  command = plan

  variables {
    peer = { region = "ap-northeast-1", vpc_cidr = "10.20.0.0/16" }
  }

  expect_failures = [var.peer]
}
