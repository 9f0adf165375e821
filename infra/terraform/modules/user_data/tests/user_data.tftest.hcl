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
