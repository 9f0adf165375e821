# What the VPN's instance may do in AWS: read the one secret, and be reached by Session Manager.
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
    sid       = "ReadPki"
    actions   = ["secretsmanager:GetSecretValue"]
    resources = [aws_secretsmanager_secret.pki.arn]
  }

  statement {
    sid       = "DecryptIt"
    actions   = ["kms:Decrypt"]
    resources = [var.kms_key_arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["secretsmanager.${var.region}.${var.dns_suffix}"]
    }

    condition {
      test     = "StringEquals"
      variable = "kms:EncryptionContext:SecretARN"
      values   = [aws_secretsmanager_secret.pki.arn]
    }
  }
}

resource "aws_iam_role" "this" {
  name               = "${var.name}-vpn-${var.region}"
  description        = "The VPN of ${var.name}"
  assume_role_policy = data.aws_iam_policy_document.assume.json

  tags = { Name = "${var.name}-vpn-${var.region}" }
}

resource "aws_iam_policy" "this" {
  name        = "${var.name}-vpn-${var.region}"
  description = "What the VPN of ${var.name} may do"
  policy      = data.aws_iam_policy_document.this.json

  tags = { Name = "${var.name}-vpn-${var.region}" }
}

resource "aws_iam_role_policy_attachment" "this" {
  role       = aws_iam_role.this.name
  policy_arn = aws_iam_policy.this.arn
}

resource "aws_iam_instance_profile" "this" {
  name = "${var.name}-vpn-${var.region}"
  role = aws_iam_role.this.name

  tags = { Name = "${var.name}-vpn-${var.region}" }
}
