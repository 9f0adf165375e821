# A new random password at every plan and apply. It is in no state and no plan.
ephemeral "aws_secretsmanager_random_password" "this" {
  password_length     = 32
  exclude_punctuation = true
}
