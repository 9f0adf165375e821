# The boot script of one tier: Terraform's settings, then two scripts that are the same everywhere.
# There is no resource in this module.
locals {
  settings = merge(var.settings, {
    REGION          = var.region
    DNS_SUFFIX      = var.dns_suffix
    ARTIFACT_BUCKET = var.artifact.bucket
    ARTIFACT_KEY    = var.artifact.key
    ARTIFACT_SHA256 = var.artifact.sha256
    BOOT_DEADLINE   = tostring(var.deadline)
  })
}
