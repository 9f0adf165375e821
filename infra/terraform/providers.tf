# One root, applied once per region, each with its own state: a region that is down never keeps
# another from being planned.
provider "aws" {
  region              = var.region
  allowed_account_ids = var.allowed_account_ids

  default_tags {
    tags = local.tags
  }
}
