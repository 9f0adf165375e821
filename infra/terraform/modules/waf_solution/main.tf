# AWS's solution Security Automations for AWS WAF, as CloudFormation. The parameters are those of its
# version 4.1; what is "ignored" there when a protection is off is passed all the same.
locals {
  yes = { true = "yes", false = "no" }
  parser = {
    rate   = "yes - AWS WAF rate based rule"
    lambda = "yes - AWS Lambda log parser"
    athena = "yes - Amazon Athena log parser"
    off    = "no"
  }
  managed = {
    common           = "ActivateAWSManagedRulesParam"
    known_bad_inputs = "ActivateAWSManagedKBIParam"
    ip_reputation    = "ActivateAWSManagedIPRParam"
    anonymous_ip     = "ActivateAWSManagedAIPParam"
    sqli             = "ActivateAWSManagedSQLParam"
  }
}

resource "aws_cloudformation_stack" "this" {
  name         = var.name # the web ACL's name, too
  template_url = var.settings.template_url
  # It makes roles for its functions; nested stacks among them.
  capabilities = ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"]

  parameters = merge(
    { for name, parameter in local.managed : parameter => local.yes[contains(var.settings.managed, name)] },
    {
      EndpointType = "ALB"

      # Where the front load balancer's access log is. Without AWSLogs/ at its end the parsers find nothing.
      AppAccessLogBucket                   = var.bucket
      AppAccessLogBucketPrefixParam        = var.prefix
      AppAccessLogBucketLoggingStatusParam = local.yes[var.settings.bucket_has_access_log]
      KeepDataInOriginalS3Location         = var.settings.keep_logs_in_place ? "Yes" : "No"

      ActivateSqlInjectionProtectionParam         = var.settings.sqli
      SqlInjectionProtectionSensitivityLevelParam = var.settings.sqli_sensitivity
      ActivateCrossSiteScriptingProtectionParam   = var.settings.xss
      ActivateReputationListsProtectionParam      = local.yes[var.settings.reputation]
      ActivateBadBotProtectionParam               = local.yes[var.settings.bad_bot]

      ActivateHttpFloodProtectionParam = local.parser[var.settings.flood]
      RequestThreshold                 = tostring(var.settings.flood_limit)
      RequestThresholdByCountryParam   = length(var.settings.flood_limit_of_countries) == 0 ? "" : jsonencode(var.settings.flood_limit_of_countries)
      TimeWindowThresholdParam         = tostring(var.settings.window_minutes)

      ActivateScannersProbesProtectionParam = local.parser[var.settings.scanners]
      ErrorThreshold                        = tostring(var.settings.error_limit)
      WAFBlockPeriod                        = tostring(var.settings.block_minutes)

      AthenaQueryRunTimeScheduleParam  = tostring(var.settings.athena_schedule_minutes)
      HTTPFloodAthenaQueryGroupByParam = var.settings.athena_group_by

      IPRetentionPeriodAllowedParam = tostring(var.settings.allow_minutes)
      IPRetentionPeriodDeniedParam  = tostring(var.settings.deny_minutes)
      SNSEmailParam                 = var.settings.expiry_email
      LogGroupRetentionParam        = tostring(var.settings.log_retention_days)
    },
  )

  # Its own documentation says 15 minutes.
  timeouts {
    create = "45m"
    update = "45m"
    delete = "45m"
  }
}
