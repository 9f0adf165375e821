# The pipelines: off, of every source, every switch. tools/check_infra reads the run "apply" for its
# policies.
mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  region              = "ap-northeast-2"
  domain              = "example.com"
  isPrimary           = true
  artifacts_directory = "./tests/artifacts"
  pipelines = {
    enabled = true
    agent   = { key = "releases/codedeploy-agent_2_amd64.deb", sha256 = "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc" }
  }
}

run "off" {
  command = plan

  variables {
    pipelines = {}
  }

  assert {
    condition     = length(module.pipeline) == 0 && length(module.pipeline_key) == 0 && length(module.pipeline_store) == 0 && length(aws_s3_object.channel) == 0 && output.pipelines == null
    error_message = "Off, nothing of the pipelines stands."
  }

  assert {
    condition     = length(local.channels) == 0 && local.running == "1.0.0"
    error_message = "Off, the launch template names the version."
  }
}

run "apply" {
  assert {
    condition     = output.pipelines.was == "scv-was" && output.pipelines.web == "scv-web" && length(aws_codecommit_repository.source) == 1
    error_message = "One pipeline for the frontend, one for the backend, and the repository for both."
  }

  assert {
    condition     = length(aws_codeconnections_connection.source) == 0 && length(aws_s3_bucket_notification.source) == 0
    error_message = "The other sources are not there."
  }

  assert {
    condition     = strcontains(module.was_user_data.script, "RELEASE_MANIFEST='channels/stable/was/debian12-amd64/manifest.json'") && !strcontains(module.was_user_data.script, "ARTIFACT_SHA256='")
    error_message = "Instances ask the channel, so that a new version needs no new launch template."
  }

  assert {
    condition     = endswith(module.web_user_data.script, "asks for deployments\"\n") && strcontains(module.web_user_data.script, "AGENT_SHA256='cccc") && length(module.was_user_data.script) < 16384
    error_message = "The agent is the last to be installed, with its hash."
  }

  assert {
    condition     = jsondecode(aws_s3_object.channel["channels/stable/was/debian12-amd64/manifest.json"].content).packages["memo"].key == "releases/1.0.0/debian12-amd64/memo_1.0.0_amd64.deb"
    error_message = "The channel begins with what this apply uploaded."
  }
}

run "from_a_bucket" {
  command = plan

  variables {
    pipelines = {
      enabled        = true
      source         = { kind = "s3", object_key = "source/scv.zip" }
      architectures  = ["amd64", "arm64"]
      approval       = { enabled = true }
      execution_mode = "QUEUED"
      channel        = "canary"
      topic_arn      = "arn:aws:sns:ap-northeast-2:123456789012:pipelines"
      agent          = { key = "releases/codedeploy-agent_2_amd64.deb", sha256 = "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc" }
    }
  }

  assert {
    condition     = aws_s3_bucket_notification.source[0].eventbridge && length(aws_codecommit_repository.source) == 0
    error_message = "The bucket tells EventBridge, without CloudTrail."
  }

  assert {
    condition     = local.pipelines_bucket == "scv-pipelines-123456789012-ap-northeast-2" && local.channels["web"] == "channels/canary/web/debian12-amd64/manifest.json" && local.running == "channel canary"
    error_message = "The bucket has the region in its name, and the fleets follow the channel."
  }
}

run "from_a_connection" {
  command = plan

  variables {
    pipelines = {
      enabled = true
      source  = { kind = "codeconnections", repository = "example/scv", file_paths = { web = ["web/**"] } }
      agent   = { key = "releases/codedeploy-agent_2_amd64.deb", sha256 = "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc" }
    }
  }

  assert {
    condition     = length(aws_codeconnections_connection.source) == 1 && aws_codeconnections_connection.source[0].provider_type == "GitHub"
    error_message = "A connection is made, for a person to complete."
  }
}
