mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  name              = "scv-was"
  image_id          = "ami-0123456789abcdef0"
  instance_type     = "t3.small"
  instance_profile  = "scv-was"
  security_group_id = "sg-0"
  subnet_ids        = ["subnet-0", "subnet-1"]
  target_group_arn  = "arn:aws:elasticloadbalancing:ap-northeast-2:123456789012:targetgroup/scv-back/0"
  resource_label    = "app/scv-back/0/targetgroup/scv-back/0"
  user_data         = "#!/bin/sh\ntrue\n"
  release           = "1.0.0"
  capacity          = { min = 2, max = 6 }
  timing            = { health_check_grace = 120, warmup = 60, cooldown = 60, capacity_timeout = "15m" }
  refresh           = { min_healthy_percentage = 100, max_healthy_percentage = 150, checkpoints = [], checkpoint_delay = 0 }
  scaling           = { style = "target_tracking", cpu = 60, requests_per_target = 1000 }
  force_delete      = false
  tags              = { Project = "scv" }
}

run "target_tracking" {
  assert {
    condition     = length(aws_autoscaling_policy.cpu) == 1 && length(aws_autoscaling_policy.requests) == 1 && length(aws_autoscaling_policy.scale_out) == 0 && length(aws_cloudwatch_metric_alarm.cpu_high) == 0
    error_message = "Two targets, no steps, no alarms of ours."
  }

  assert {
    condition     = aws_autoscaling_group.this.desired_capacity == 2 && aws_autoscaling_group.this.wait_for_elb_capacity == 2
    error_message = "The fleet begins with its minimum, and apply waits for all of it."
  }

  assert {
    condition     = aws_launch_template.this.metadata_options[0].http_tokens == "required" && aws_launch_template.this.metadata_options[0].http_put_response_hop_limit == 1
    error_message = "Metadata version 2 alone, one hop."
  }

  assert {
    condition     = base64decode(aws_launch_template.this.user_data) == "#!/bin/sh\ntrue\n"
    error_message = "The user data is the script, as it is."
  }

  assert {
    condition     = aws_autoscaling_group.this.instance_refresh[0].preferences[0].auto_rollback && aws_autoscaling_group.this.health_check_type == "ELB"
    error_message = "A version that does not become healthy is rolled back."
  }
}

run "steps" {
  variables {
    scaling = { style = "step", high = 75, low = 25 }
  }

  assert {
    condition = (
      length(aws_autoscaling_policy.cpu) == 0
      && aws_autoscaling_policy.scale_out[0].name == "scv-was-scale-out" && aws_autoscaling_policy.scale_in[0].name == "scv-was-scale-in"
      && one(aws_cloudwatch_metric_alarm.cpu_high[0].alarm_actions) == aws_autoscaling_policy.scale_out[0].arn
      && aws_cloudwatch_metric_alarm.cpu_high[0].threshold == 75 && aws_cloudwatch_metric_alarm.cpu_low[0].threshold == 25
    )
    error_message = "Two step policies with an alarm each, and no target."
  }
}

run "checkpoints" {
  variables {
    refresh = { min_healthy_percentage = 90, max_healthy_percentage = 110, checkpoints = [50, 100], checkpoint_delay = 60 }
  }

  assert {
    condition     = aws_autoscaling_group.this.instance_refresh[0].preferences[0].checkpoint_percentages[0] == 50
    error_message = "The roll-out stops on its way."
  }
}

run "no_target" {
  command = plan

  variables {
    scaling = { style = "target_tracking" }
  }

  expect_failures = [var.scaling]
}

run "never_resting" {
  command = plan

  variables {
    scaling = { style = "step", high = 50, low = 60 }
  }

  expect_failures = [var.scaling]
}

run "above_its_maximum" {
  command = plan

  variables {
    capacity = { min = 2, max = 4, desired = 5 }
  }

  expect_failures = [var.capacity]
}
