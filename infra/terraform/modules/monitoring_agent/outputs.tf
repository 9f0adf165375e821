output "script" {
  description = "The end of the boot script, in plain text."
  value = join("\n", [
    "AGENT_VERSION='${var.package.version}'",
    "AGENT_SHA256='${var.package.sha256 == null ? "" : var.package.sha256}'",
    "AGENT_FINGERPRINT='${var.package.fingerprint}'",
    "LOGS_DIRECTORY='${local.logs_directory}'",
    "agent_configuration() {\n  cat <<'END'\n${jsonencode(local.configuration)}\nEND\n}",
    "rsyslog_configuration() {\n  cat <<'END'\n${local.rsyslog}\nEND\n}",
    file("${path.module}/agent.sh"),
  ])
}
