mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  name      = "scv-was"
  component = "was"
  place     = { partition = "aws", region = "ap-northeast-2", account = "123456789012", dns_suffix = "amazonaws.com" }
  source_code = {
    kind           = "codecommit"
    repository     = "scv"
    repository_arn = "arn:aws:codecommit:ap-northeast-2:123456789012:scv"
  }
  store              = { bucket = "pipelines", arn = "arn:aws:s3:::pipelines" }
  key_arn            = "arn:aws:kms:ap-northeast-2:123456789012:key/0"
  releases           = { bucket = "artifacts", arn = "arn:aws:s3:::artifacts" }
  channel            = "stable"
  architectures      = ["amd64", "arm64"]
  build              = { image = "debian:12", compute_type = "BUILD_GENERAL1_LARGE", timeout_minutes = 60, queued_timeout_minutes = 60, concurrent = 1 }
  execution_mode     = "SUPERSEDED"
  approval           = { enabled = false, timeout_minutes = 60 }
  deploy             = { minimum_healthy_percent = 50, one_at_a_time = false, errors_per_minute = 10, unhealthy_minutes = 3, further_alarms = [] }
  log_retention_days = 30
  fleet = {
    group_name        = "scv-was"
    architecture      = "arm64"
    target_group_arn  = "arn:aws:elasticloadbalancing:ap-northeast-2:123456789012:targetgroup/scv-back/0123456789abcdef"
    load_balancer_arn = "arn:aws:elasticloadbalancing:ap-northeast-2:123456789012:loadbalancer/app/scv-back/fedcba9876543210"
  }
}

run "stages" {
  assert {
    condition     = aws_codepipeline.this.pipeline_type == "V2" && join(" ", aws_codepipeline.this.stage[*].name) == "Source Build Deploy"
    error_message = "Source, build, deployment; no approval."
  }

  assert {
    condition     = join(" ", aws_codepipeline.this.stage[2].action[*].name) == "Deploy Publish-amd64 Publish-arm64" && join(" ", aws_codepipeline.this.stage[2].action[*].run_order) == "1 2 2"
    error_message = "The channel moves only after the deployment."
  }

  assert {
    condition     = one(aws_codepipeline.this.stage[2].action[0].input_artifacts) == "revision_arm64"
    error_message = "The fleet gets what was built for its architecture."
  }

  assert {
    condition     = aws_codepipeline.this.stage[2].action[1].configuration["ObjectKey"] == "channels/stable/was/debian12-amd64"
    error_message = "Each architecture has a channel of its own."
  }

  assert {
    condition     = aws_codepipeline.this.stage[0].action[0].configuration["PollForSourceChanges"] == "false" && length(aws_codepipeline.this.trigger) == 0
    error_message = "EventBridge starts it, not a poll."
  }
}

run "builds" {
  assert {
    condition     = aws_codebuild_project.this["arm64"].environment[0].type == "ARM_CONTAINER" && aws_codebuild_project.this["amd64"].environment[0].type == "LINUX_CONTAINER"
    error_message = "Each architecture is built on a machine of it."
  }

  assert {
    condition     = alltrue([for project in aws_codebuild_project.this : !project.environment[0].privileged_mode && project.encryption_key == var.key_arn && project.cache[0].type == "S3"])
    error_message = "Not privileged, encrypted, with a cache."
  }
}

run "deployment" {
  assert {
    condition     = aws_codedeploy_deployment_group.this.deployment_style[0].deployment_option == "WITH_TRAFFIC_CONTROL" && aws_codedeploy_deployment_group.this.deployment_style[0].deployment_type == "IN_PLACE"
    error_message = "In place, out of the load balancer and back."
  }

  assert {
    condition     = one(aws_codedeploy_deployment_group.this.load_balancer_info[0].target_group_info).name == "scv-back" && one(aws_codedeploy_deployment_group.this.autoscaling_groups) == "scv-was"
    error_message = "The fleet and its target group."
  }

  assert {
    condition     = aws_codedeploy_deployment_group.this.auto_rollback_configuration[0].events == toset(["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM"]) && length(aws_codedeploy_deployment_group.this.alarm_configuration[0].alarms) == 2
    error_message = "Back by itself, on failure and on two alarms."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.this["errors"].dimensions["LoadBalancer"] == "app/scv-back/fedcba9876543210" && aws_cloudwatch_metric_alarm.this["errors"].dimensions["TargetGroup"] == "targetgroup/scv-back/0123456789abcdef"
    error_message = "The metrics are the fleet's own."
  }

  assert {
    condition     = aws_iam_role_policy_attachment.deploy.policy_arn == "arn:aws:iam::aws:policy/service-role/AWSCodeDeployRole"
    error_message = "AWS's own policy for CodeDeploy."
  }
}

run "one_at_a_time" {
  command = plan

  variables {
    deploy = { minimum_healthy_percent = 50, one_at_a_time = true, errors_per_minute = 10, unhealthy_minutes = 3, further_alarms = ["scv-database"] }
  }

  assert {
    condition     = length(aws_codedeploy_deployment_config.this) == 0 && aws_codedeploy_deployment_group.this.deployment_config_name == "CodeDeployDefault.OneAtATime"
    error_message = "AWS's own configuration."
  }
}

run "event" {
  assert {
    condition     = jsondecode(aws_cloudwatch_event_rule.source[0].event_pattern).detail.referenceName == ["main"] && jsondecode(aws_cloudwatch_event_rule.source[0].event_pattern).resources == ["arn:aws:codecommit:ap-northeast-2:123456789012:scv"]
    error_message = "A push to this branch of this repository, and no other."
  }
}

run "permissions_of_a_build" {
  assert {
    condition = alltrue([
      for statement in data.aws_iam_policy_document.build.statement : !contains(statement.actions, "s3:PutObject") || alltrue([for resource in statement.resources : !strcontains(resource, "channels/")])
    ])
    error_message = "A build publishes packages, and cannot make an instance install them."
  }

  assert {
    condition     = one([for statement in data.aws_iam_policy_document.build.statement : one(statement.resources) if statement.sid == "PublishPackages"]) == "arn:aws:s3:::artifacts/releases/*/memo_*"
    error_message = "Of its own component."
  }
}

run "with_an_approval" {
  variables {
    approval = { enabled = true, timeout_minutes = 60 }
    topic    = { arn = "arn:aws:sns:ap-northeast-2:123456789012:pipelines" }
  }

  assert {
    condition     = aws_codepipeline.this.stage[2].name == "Approve" && aws_codepipeline.this.stage[2].action[0].configuration["NotificationArn"] == var.topic.arn
    error_message = "A person is asked between build and deployment."
  }

  assert {
    condition     = length(aws_codedeploy_deployment_group.this.trigger_configuration) == 1 && aws_cloudwatch_event_target.topic[0].arn == var.topic.arn
    error_message = "The topic hears of failures."
  }
}

run "from_a_bucket" {
  variables {
    source_code = { kind = "s3", object_key = "source.zip" }
  }

  assert {
    condition     = jsondecode(aws_cloudwatch_event_rule.source[0].event_pattern).detail.object.key == ["source.zip"] && aws_codepipeline.this.stage[0].action[0].provider == "S3"
    error_message = "A new object starts it."
  }
}

run "from_a_connection" {
  variables {
    source_code = { kind = "codeconnections", repository = "example/scv", connection_arn = "arn:aws:codeconnections:ap-northeast-2:123456789012:connection/0", file_paths = ["src/**"] }
  }

  assert {
    condition     = length(aws_cloudwatch_event_rule.source) == 0 && !contains(keys(aws_iam_role.this), "events")
    error_message = "The connection brings its own events."
  }

  assert {
    condition     = one(one(one(aws_codepipeline.this.trigger).git_configuration).push).branches[0].includes == tolist(["main"])
    error_message = "Of one branch."
  }
}

run "an_architecture_that_is_not_built" {
  command = plan

  variables {
    architectures = ["amd64"]
  }

  expect_failures = [var.fleet]
}

run "two_deployments_at_once" {
  command = plan

  variables {
    execution_mode = "PARALLEL"
  }

  expect_failures = [var.execution_mode]
}

run "everything_at_once" {
  command = plan

  variables {
    deploy = { minimum_healthy_percent = 0, one_at_a_time = false, errors_per_minute = 10, unhealthy_minutes = 3, further_alarms = [] }
  }

  expect_failures = [var.deploy]
}
