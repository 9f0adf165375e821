# The boot script of one tier: Terraform's settings, then scripts that are the same everywhere. There
# is no resource in this module.
locals {
  settings = merge(
    var.settings,
    {
      REGION          = var.region
      DNS_SUFFIX      = var.dns_suffix
      ARTIFACT_BUCKET = var.artifact.bucket
      BOOT_DEADLINE   = tostring(var.deadline)
    },
    # With a channel the script does not change from version to version.
    { for name, value in { ARTIFACT_KEY = var.artifact.key, ARTIFACT_SHA256 = var.artifact.sha256 } : name => value if var.channel == null },
    { for name, value in { RELEASE_MANIFEST = var.channel, PACKAGE = var.tier == "was" ? "memo" : "memo-web" } : name => value if var.channel != null },
    { for name, value in { AGENT_KEY = try(var.agent.key, null), AGENT_SHA256 = try(var.agent.sha256, null) } : name => value if var.agent != null },
    { for name, value in { SESSION_AGENT = try(var.session_agent.version, null), SESSION_AGENT_SHA256 = try(var.session_agent.sha256, null) } : name => value if var.session_agent != null },
  )

  scripts = concat(
    [file("${path.module}/boot.sh")],
    var.when_ended == null ? [] : [var.when_ended],
    var.channel == null ? [] : [file("${path.module}/channel.sh")],
    [file("${path.module}/${var.tier}.sh")],
    var.session_agent == null ? [] : [file("${path.module}/session.sh")],
    var.agent == null ? [] : [file("${path.module}/agent.sh")],
  )
}
