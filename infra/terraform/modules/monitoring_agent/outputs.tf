output "script" {
  description = "For user_data's when_ended, in plain text."
  value = join("\n", [
    "CLOUDWATCH_VERSION='${var.package.version}'",
    "CLOUDWATCH_SHA256='${var.package.sha256 == null ? "" : var.package.sha256}'",
    "CLOUDWATCH_FINGERPRINT='${var.package.fingerprint}'",
    "LOGS_DIRECTORY='${local.logs_directory}'",
    "cloudwatch_configuration() {\n  cat <<'END'\n${jsonencode(local.configuration)}\nEND\n}",
    "rsyslog_configuration() {\n  cat <<'END'\n${local.rsyslog}\nEND\n}",
    file("${path.module}/cloudwatch.sh"),
  ])
}
