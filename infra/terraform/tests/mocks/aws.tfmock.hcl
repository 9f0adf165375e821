# What AWS would answer, where the HCL looks at it.
mock_data "aws_availability_zones" {
  defaults = {
    names = ["ap-northeast-2d", "ap-northeast-2a", "ap-northeast-2b", "ap-northeast-2c"]
  }
}

mock_data "aws_caller_identity" {
  defaults = {
    account_id = "123456789012"
  }
}

mock_data "aws_partition" {
  defaults = {
    partition  = "aws"
    dns_suffix = "amazonaws.com"
  }
}

mock_data "aws_iam_policy_document" {
  defaults = {
    json = "{\"Version\": \"2012-10-17\", \"Statement\": []}"
  }
}

mock_data "aws_elb_service_account" {
  defaults = {
    arn = "arn:aws:iam::600734575887:root"
  }
}

mock_data "aws_ami" {
  defaults = {
    id = "ami-0123456789abcdef0"
  }
}

mock_data "aws_route53_zone" {
  defaults = {
    zone_id = "Z0123456789LOOKEDUP"
  }
}

mock_resource "aws_vpc" {
  defaults = {
    id = "vpc-0123456789abcdef0"
  }
}

mock_resource "aws_db_subnet_group" {
  defaults = {
    vpc_id = "vpc-0123456789abcdef0"
  }
}

mock_resource "aws_db_instance" {
  defaults = {
    address = "scv.abcdefghijkl.ap-northeast-2.rds.amazonaws.com"
    arn     = "arn:aws:rds:ap-northeast-2:123456789012:db:scv"
  }
}

mock_resource "aws_secretsmanager_secret" {
  defaults = {
    id  = "arn:aws:secretsmanager:ap-northeast-2:123456789012:secret:scv/database-abcdef"
    arn = "arn:aws:secretsmanager:ap-northeast-2:123456789012:secret:scv/database-abcdef"
  }
}

mock_resource "aws_secretsmanager_secret_version" {
  defaults = {
    arn = "arn:aws:secretsmanager:ap-northeast-2:123456789012:secret:scv/database-abcdef"
  }
}

mock_resource "aws_s3_bucket" {
  defaults = {
    arn = "arn:aws:s3:::scv-artifacts-123456789012-ap-northeast-2"
  }
}

mock_resource "aws_acm_certificate" {
  defaults = {
    arn = "arn:aws:acm:ap-northeast-2:123456789012:certificate/00000000-0000-0000-0000-000000000000"
    domain_validation_options = [
      {
        domain_name           = "example.com"
        resource_record_name  = "_0.example.com."
        resource_record_type  = "CNAME"
        resource_record_value = "_1.acm-validations.aws."
      },
      {
        domain_name           = "www.example.com"
        resource_record_name  = "_0.www.example.com."
        resource_record_type  = "CNAME"
        resource_record_value = "_1.acm-validations.aws."
      },
      {
        domain_name           = "api.example.com"
        resource_record_name  = "_0.api.example.com."
        resource_record_type  = "CNAME"
        resource_record_value = "_1.acm-validations.aws."
      },
      {
        domain_name           = "ga.example.com"
        resource_record_name  = "_0.ga.example.com."
        resource_record_type  = "CNAME"
        resource_record_value = "_1.acm-validations.aws."
      },
    ]
  }
}

# The provider checks that what should be an ARN is one, of mocks, too.
mock_resource "aws_iam_policy" {
  defaults = {
    arn = "arn:aws:iam::123456789012:policy/scv"
  }
}

mock_resource "aws_iam_role" {
  defaults = {
    arn = "arn:aws:iam::123456789012:role/scv"
  }
}

mock_resource "aws_kms_key" {
  defaults = {
    arn = "arn:aws:kms:ap-northeast-2:123456789012:key/00000000-0000-0000-0000-000000000000"
  }
}

mock_resource "aws_lb" {
  defaults = {
    dns_name = "internal-scv.ap-northeast-2.elb.amazonaws.com"
    arn      = "arn:aws:elasticloadbalancing:ap-northeast-2:123456789012:loadbalancer/app/scv/0123456789abcdef"
  }
}

mock_resource "aws_lb_target_group" {
  defaults = {
    arn = "arn:aws:elasticloadbalancing:ap-northeast-2:123456789012:targetgroup/scv/0123456789abcdef"
  }
}

mock_resource "aws_autoscaling_policy" {
  defaults = {
    arn = "arn:aws:autoscaling:ap-northeast-2:123456789012:scalingPolicy:0:autoScalingGroupName/scv:policyName/scv"
  }
}

# --- Pipelines ---
mock_resource "aws_codepipeline" {
  defaults = {
    arn = "arn:aws:codepipeline:ap-northeast-2:123456789012:scv-was"
  }
}

mock_resource "aws_codebuild_project" {
  defaults = {
    arn = "arn:aws:codebuild:ap-northeast-2:123456789012:project/scv-was-amd64"
  }
}

mock_resource "aws_codeconnections_connection" {
  defaults = {
    arn = "arn:aws:codeconnections:ap-northeast-2:123456789012:connection/00000000-0000-0000-0000-000000000000"
  }
}

# Of monitoring.
mock_resource "aws_sns_topic" {
  defaults = {
    arn = "arn:aws:sns:ap-northeast-2:123456789012:scv"
  }
}

mock_resource "aws_cloudwatch_metric_alarm" {
  defaults = {
    arn = "arn:aws:cloudwatch:ap-northeast-2:123456789012:alarm:scv"
  }
}
