# Seoul, as the examples have it: planned and applied against mocks. tools/check_infra reads these
# runs' plans for its policies, too.
mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  region              = "ap-northeast-2"
  domain              = "example.com"
  isPrimary           = true
  artifacts_directory = "./tests/artifacts"
}

run "plan" {
  command = plan

  assert {
    condition     = local.vpc_cidr == "10.10.0.0/16"
    error_message = "Seoul's addresses are 10.10.0.0/16."
  }

  assert {
    condition     = join(",", local.zones) == "ap-northeast-2a,ap-northeast-2b"
    error_message = "The first two zones by name."
  }

  assert {
    condition     = output.url == "https://www.example.com/" && output.release == "1.0.0"
    error_message = "The URL and the release follow from the variables and the manifest."
  }

  assert {
    condition     = length(aws_route53_zone.this) == 1 && length(aws_route53_record.public) == 2
    error_message = "The primary region makes the zone and the public names."
  }

  assert {
    condition     = length(aws_s3_object.artifact) == 2
    error_message = "Every package of the directory is uploaded."
  }
}

run "apply" {
  assert {
    condition     = output.network.subnet_ids["db"] != output.network.subnet_ids["was"]
    error_message = "The database has subnets of its own."
  }

  assert {
    condition     = length(output.network.nat_addresses) == 2
    error_message = "One NAT gateway per zone."
  }

  assert {
    condition     = strcontains(module.was_user_data.script, "DB_SECRET_ID='arn:aws:secretsmanager:ap-northeast-2:123456789012:secret:scv/database-abcdef'")
    error_message = "memo is told the secret's ARN."
  }

  assert {
    condition     = !strcontains(module.web_user_data.script, "secretsmanager")
    error_message = "The web tier is told nothing of the secret."
  }

  assert {
    condition     = strcontains(module.web_user_data.script, "BACK_HOST='internal-scv.ap-northeast-2.elb.amazonaws.com'")
    error_message = "nginx is told the back load balancer's own name."
  }

  assert {
    condition     = strcontains(module.was_user_data.script, "DB_HOST='scv.abcdefghijkl.ap-northeast-2.rds.amazonaws.com'") && aws_route53_record.database.records == toset(["scv.abcdefghijkl.ap-northeast-2.rds.amazonaws.com"])
    error_message = "memo is told the name that is in the database's certificate; the private name leads there."
  }

  assert {
    condition     = output.database.role == "source" && strcontains(module.was_user_data.script, "DB_REPLICA_HOST=''")
    error_message = "Without another region no write waits for one."
  }

  assert {
    condition     = !strcontains(join("", [module.web_user_data.script, module.was_user_data.script]), "0123456789abcdefghijklmnopqrstuv")
    error_message = "The password is in no user data."
  }
}
