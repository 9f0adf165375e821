# A customer-managed key that rotates itself. IAM policies decide who may use it.
data "aws_iam_policy_document" "this" {
  statement {
    sid       = "DelegateToIam"
    actions   = ["kms:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = [var.account_arn_root]
    }
  }

  dynamic "statement" {
    for_each = var.log_groups == null ? [] : [var.log_groups]

    content {
      sid       = "EncryptLogs"
      actions   = ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"]
      resources = ["*"]

      principals {
        type        = "Service"
        identifiers = [statement.value.service]
      }

      condition {
        test     = "ArnLike"
        variable = "kms:EncryptionContext:aws:logs:arn"
        values   = [statement.value.arn]
      }
    }
  }

  # No condition on the source: the topic's own policy says whose messages it takes, and not every
  # publisher hands its source on to KMS.
  dynamic "statement" {
    for_each = length(var.publishers) == 0 ? [] : [1]

    content {
      sid       = "EncryptMessages"
      actions   = ["kms:Decrypt", "kms:GenerateDataKey*"]
      resources = ["*"]

      principals {
        type        = "Service"
        identifiers = var.publishers
      }
    }
  }
}

resource "aws_kms_key" "this" {
  description             = var.description
  enable_key_rotation     = true
  deletion_window_in_days = var.deletion_window_in_days
  policy                  = data.aws_iam_policy_document.this.json

  tags = { Name = var.alias }
}

resource "aws_kms_alias" "this" {
  name          = "alias/${var.alias}"
  target_key_id = aws_kms_key.this.key_id
}
