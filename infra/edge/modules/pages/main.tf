# The pages in one region: a private bucket that one CloudFront distribution may read. The pages before
# the last ones stay for a while: a browser that began with them asks for their files.
data "aws_partition" "current" {}

data "aws_iam_policy_document" "reader" {
  statement {
    sid       = "CloudFront"
    actions   = ["s3:GetObject"]
    resources = ["arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/*"]

    principals {
      type        = "Service"
      identifiers = ["cloudfront.amazonaws.com"]
    }

    # This distribution, not any of CloudFront's.
    condition {
      test     = "StringEquals"
      variable = "aws:SourceArn"
      values   = [var.distribution_arn]
    }
  }
}

module "bucket" {
  source = "../../../terraform/modules/bucket"

  bucket                 = var.bucket
  region                 = var.region
  versioning             = true
  expire_noncurrent_days = 30
  writer_policy_json     = data.aws_iam_policy_document.reader.json
  force_destroy          = var.force_destroy
}

locals {
  types = {
    css         = "text/css; charset=utf-8"
    html        = "text/html; charset=utf-8"
    ico         = "image/x-icon"
    js          = "text/javascript; charset=utf-8"
    json        = "application/json"
    png         = "image/png"
    svg         = "image/svg+xml"
    txt         = "text/plain; charset=utf-8"
    webmanifest = "application/manifest+json"
    woff2       = "font/woff2"
  }
}

resource "aws_s3_object" "page" {
  for_each = var.pages_directory == null ? toset([]) : toset([
    # Compressed twins are for nginx; CloudFront compresses by itself.
    for file in fileset(var.pages_directory, "**") : file if !endswith(file, ".gz") && !endswith(file, ".br")
  ])

  bucket       = module.bucket.bucket
  region       = var.region
  key          = each.value
  source       = abspath("${var.pages_directory}/${each.value}")
  source_hash  = filesha256("${var.pages_directory}/${each.value}")
  content_type = lookup(local.types, reverse(split(".", each.value))[0], "application/octet-stream")
  # The build puts a hash of the contents into the name of every file below assets/.
  cache_control = startswith(each.value, "assets/") ? "public, max-age=31536000, immutable" : "no-cache"
}
