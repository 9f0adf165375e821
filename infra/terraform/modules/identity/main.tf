# What the instances of one fleet may do in AWS: fetch their artifact, and, for the WAS alone, read
# the one secret.
data "aws_iam_policy_document" "assume" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["ec2.${var.dns_suffix}"]
    }
  }
}

data "aws_iam_policy_document" "this" {
  statement {
    sid       = "FetchArtifact"
    actions   = ["s3:GetObject"]
    resources = var.artifact_arns
  }

  dynamic "statement" {
    for_each = var.secret == null ? [] : [var.secret]

    content {
      sid       = "ReadDatabaseCredentials"
      actions   = ["secretsmanager:GetSecretValue"]
      resources = [statement.value.arn]
    }
  }

  dynamic "statement" {
    for_each = var.secret == null ? [] : [var.secret]

    content {
      sid       = "DecryptThem"
      actions   = ["kms:Decrypt"]
      resources = [statement.value.kms_key_arn]

      condition {
        test     = "StringEquals"
        variable = "kms:ViaService"
        values   = ["secretsmanager.${var.region}.${var.dns_suffix}"]
      }

      # The end of a secret's ARN may be six wildcards, where another region made it.
      condition {
        test     = "StringLike"
        variable = "kms:EncryptionContext:SecretARN"
        values   = [statement.value.arn]
      }
    }
  }

  dynamic "statement" {
    for_each = var.revisions == null ? [] : [var.revisions]

    content {
      sid       = "FetchRevisions"
      actions   = ["s3:GetObject", "s3:GetObjectVersion"]
      resources = [statement.value.arn]
    }
  }

  dynamic "statement" {
    for_each = var.revisions == null ? [] : [var.revisions]

    content {
      sid       = "DecryptRevisions"
      actions   = ["kms:Decrypt"]
      resources = [statement.value.kms_key_arn]

      condition {
        test     = "StringEquals"
        variable = "kms:ViaService"
        values   = ["s3.${var.region}.${var.dns_suffix}"]
      }
    }
  }
}

resource "aws_iam_role" "this" {
  name               = var.name
  description        = "Instances of ${var.name}"
  assume_role_policy = data.aws_iam_policy_document.assume.json

  tags = { Name = var.name }
}

resource "aws_iam_policy" "this" {
  name        = var.name
  description = "What the instances of ${var.name} may do"
  policy      = data.aws_iam_policy_document.this.json

  tags = { Name = var.name }
}

resource "aws_iam_role_policy_attachment" "this" {
  role       = aws_iam_role.this.name
  policy_arn = aws_iam_policy.this.arn
}

resource "aws_iam_instance_profile" "this" {
  name = var.name
  role = aws_iam_role.this.name

  tags = { Name = var.name }

  depends_on = [aws_iam_role_policy_attachment.this]
}
