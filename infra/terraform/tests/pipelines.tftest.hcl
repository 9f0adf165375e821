# The pipelines: off, and on with every switch; modules/pipeline and modules/pipeline_source have the
# kinds of source. tools/check_infra reads the run "apply" for its policies.
mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  region              = "ap-northeast-2"
  domain              = "example.com"
  isPrimary           = true
  artifacts_directory = "./tests/artifacts"
  pipelines = {
    enabled       = true
    architectures = ["amd64", "arm64"]
    approval      = { enabled = true }
    topic_arn     = "arn:aws:sns:ap-northeast-2:123456789012:pipelines"
    agent         = { key = "releases/codedeploy-agent_2_amd64.deb", sha256 = "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc" }
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
    condition     = output.pipelines.was == "scv-was" && output.pipelines.web == "scv-web" && output.pipelines.clone_url != null
    error_message = "One pipeline for the frontend, one for the backend, and the repository for both."
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
