variables {
  tier       = "web"
  region     = "ap-northeast-2"
  dns_suffix = "amazonaws.com"
  artifact   = { bucket = "artifacts", key = "releases/1/debian12-amd64/memo-web_1_all.deb", sha256 = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" }
  settings   = { BACK_HOST = "was.example.com" }
}

run "web" {
  assert {
    condition     = startswith(output.script, "#!/bin/sh\n") && strcontains(output.script, "\nBACK_HOST='was.example.com'\n") && strcontains(output.script, "start memo-web\n")
    error_message = "A script with the settings and the web tier's part."
  }

  assert {
    condition     = length(output.script) < 16384
    error_message = "EC2 takes 16 KiB."
  }
}

run "was" {
  variables {
    tier = "was"
  }

  assert {
    condition     = strcontains(output.script, "start memo\n") && !strcontains(output.script, "memo-web\n")
    error_message = "The WAS tier's part, and not the other's."
  }
}

run "a_value_that_means_something_to_a_shell" {
  command = plan

  variables {
    settings = { BACK_HOST = "$(reboot)" }
  }

  expect_failures = [var.settings]
}

run "half_a_hash" {
  command = plan

  variables {
    artifact = { bucket = "artifacts", key = "releases/1/memo.deb", sha256 = "abc" }
  }

  expect_failures = [var.artifact]
}

run "the_version_of_the_launch_template" {
  assert {
    condition     = strcontains(output.script, "\nARTIFACT_SHA256='aaaa") && !strcontains(output.script, "RELEASE_MANIFEST") && !strcontains(output.script, "codedeploy")
    error_message = "Without a channel the script names the package and its hash, and installs no agent."
  }
}

run "the_version_of_a_channel" {
  variables {
    channel = "channels/stable/web/debian12-amd64/manifest.json"
    agent   = { key = "releases/codedeploy-agent_2_amd64.deb", sha256 = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb" }
  }

  assert {
    condition     = strcontains(output.script, "\nRELEASE_MANIFEST='channels/stable/web/debian12-amd64/manifest.json'\n") && strcontains(output.script, "\nPACKAGE='memo-web'\n") && !strcontains(output.script, "ARTIFACT_SHA256='")
    error_message = "With a channel the script does not change from version to version."
  }

  assert {
    condition     = strcontains(output.script, "\nAGENT_SHA256='bbbb") && endswith(output.script, "asks for deployments\"\n") && length(output.script) < 16384
    error_message = "The agent comes last, with its hash, within the 16 KiB of EC2."
  }
}

run "a_channel_elsewhere" {
  command = plan

  variables {
    channel = "releases/1/manifest.json"
  }

  expect_failures = [var.channel]
}

run "nothing_at_the_end" {
  assert {
    condition     = endswith(output.script, "${file("./boot.sh")}\n${file("./web.sh")}")
    error_message = "The two scripts, and nothing between them."
  }
}

run "something_at_the_end" {
  variables {
    when_ended = "trap more EXIT"
  }

  assert {
    condition     = endswith(output.script, "${file("./boot.sh")}\ntrap more EXIT\n${file("./web.sh")}")
    error_message = "The trap is set before anything of the tier's can fail."
  }
}
