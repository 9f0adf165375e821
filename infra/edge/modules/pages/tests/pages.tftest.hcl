mock_provider "aws" {
  mock_resource "aws_s3_bucket" {
    defaults = { arn = "arn:aws:s3:::scv-pages" }
  }

  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }

  mock_data "aws_iam_policy_document" {
    defaults = { json = "{\"Version\":\"2012-10-17\",\"Statement\":[]}" }
  }
}

variables {
  bucket           = "scv-pages"
  region           = "ap-northeast-1"
  distribution_arn = "arn:aws:cloudfront::123456789012:distribution/E0123456789ABC"
  force_destroy    = false
}

run "private" {
  assert {
    condition     = one(data.aws_iam_policy_document.reader.statement[0].condition).values == tolist([var.distribution_arn])
    error_message = "This distribution alone may read it."
  }

  assert {
    condition     = output.bucket != null && length(aws_s3_object.page) == 0
    error_message = "A bucket; a pipeline uploads the pages."
  }
}

run "uploads" {
  command = plan

  variables {
    pages_directory = "./tests/site"
  }

  assert {
    condition     = toset(keys(aws_s3_object.page)) == toset(["assets/app-1.js", "index.html"])
    error_message = "Every file but the compressed twins."
  }

  assert {
    condition     = strcontains(aws_s3_object.page["assets/app-1.js"].cache_control, "immutable") && aws_s3_object.page["index.html"].cache_control == "no-cache"
    error_message = "What has a hash in its name is kept, the page is asked for each time."
  }
}

run "a_bucket_with_dots_is_refused" {
  command = plan

  variables {
    bucket = "pages.example.com"
  }

  expect_failures = [var.bucket]
}
