# The way in for people: off unless wanted (seoul.tftest.hcl), on, and with Session Manager.
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

run "apply" {
  variables {
    vpn             = { enabled = true, client_cidrs = ["203.0.113.0/24"], database = true }
    session_manager = { enabled = true, agent = { version = "3.3.1142.0", sha256 = "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc" } }
  }

  assert {
    condition     = toset(keys(aws_iam_role_policy_attachment.session_manager)) == toset(["vpn", "was", "web"])
    error_message = "A shell on every kind of instance."
  }

  assert {
    condition     = strcontains(module.was_user_data.script, "SESSION_AGENT='3.3.1142.0'") && strcontains(module.vpn[0].script, "SESSION_AGENT='3.3.1142.0'")
    error_message = "Every instance installs the agent that was named."
  }

  assert {
    condition     = output.vpn != null
    error_message = "People are told where to connect."
  }
}

run "off" {
  command = plan

  assert {
    condition     = output.vpn == null && length(aws_iam_role_policy_attachment.session_manager) == 0 && !strcontains(module.was_user_data.script, "SESSION")
    error_message = "Nothing of it unless it is wanted."
  }
}

run "from_nowhere_is_refused" {
  command = plan

  variables {
    vpn = { enabled = true }
  }

  expect_failures = [var.vpn]
}
