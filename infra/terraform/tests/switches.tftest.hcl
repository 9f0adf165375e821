# Every switch once, the other way round.
mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  region    = "ap-northeast-2"
  domain    = "example.com"
  isPrimary = true
  release = {
    version     = "2.0.0"
    memo_sha256 = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
    web_sha256  = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
  }
}

run "published_by_a_pipeline" {
  command = plan

  assert {
    condition     = length(aws_s3_object.artifact) == 0 && output.release == "2.0.0"
    error_message = "Nothing is uploaded; the version is the one that was named."
  }

  assert {
    condition = (
      local.packages["memo"].key == "releases/2.0.0/debian12-amd64/memo_2.0.0_amd64.deb"
      && local.packages["web"].key == "releases/2.0.0/debian12-amd64/memo-web_2.0.0_all.deb"
    )
    error_message = "The keys follow the layout of tools/package."
  }
}

run "everything_else" {
  variables {
    zone_count         = 3
    single_nat_gateway = true
    create_zone        = false
    publish_names      = false
    certificate_labels = ["ga"]
    scaling_style      = "step"
    image_id           = "ami-00000000"
    vpc_cidr           = "10.99.0.0/16"
    database           = { multi_az = true, engine_version = "11.4", final_snapshot = false }
    refresh            = { checkpoints = [50, 100], checkpoint_delay = 60 }
    web                = { requests_per_target = 1000, cpu = null }
    tags               = { Team = "scv" }
  }

  assert {
    condition     = length(output.network.nat_addresses) == 1 && length(output.network.subnet_ids["was"]) == 3
    error_message = "Three zones leave through one NAT gateway."
  }

  assert {
    condition     = length(data.aws_ami.debian) == 0 && local.image_id == "ami-00000000"
    error_message = "The AMI is the one that was named."
  }

  assert {
    condition     = local.zone_id == "Z0123456789LOOKEDUP" && length(aws_route53_record.public) == 0
    error_message = "The zone is looked up, and the public names are left to another."
  }

  assert {
    condition     = toset(module.certificate.proofs) == toset(["example.com", "www.example.com", "api.example.com", "ga.example.com"])
    error_message = "The certificate is for the accelerator's name, too."
  }
}

run "nothing_to_run" {
  command = plan

  variables {
    release = null
  }

  expect_failures = [var.artifacts_directory]
}

run "wrong_domain" {
  command = plan

  variables {
    domain = "Example.com."
  }

  expect_failures = [var.domain]
}

run "certificate_of_a_name_that_is_there_anyway" {
  command = plan

  variables {
    certificate_labels = ["www"]
  }

  expect_failures = [var.certificate_labels]
}

run "wrong_region" {
  command = plan

  variables {
    region = "seoul"
  }

  expect_failures = [var.region]
}

run "old_tls" {
  command = plan

  variables {
    ssl_policy = "ELBSecurityPolicy-2016-08"
  }

  expect_failures = [var.ssl_policy]
}

run "fleet_without_a_size" {
  command = plan

  variables {
    web = { min = 3, max = 2 }
  }

  expect_failures = [var.web]
}
