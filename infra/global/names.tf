# Where the public names lead, by health and, if wanted, by country. A CloudFormation stack, so that
# all of it changes at once or not at all.
resource "aws_cloudformation_stack" "failover" {
  name          = "${var.name}-failover"
  template_body = file("${path.module}/../cloudformation/failover.yaml")

  parameters = {
    HostedZoneId     = data.aws_route53_zone.this.zone_id
    DomainName       = var.domain
    PrimaryDnsName   = data.aws_lb.front["primary"].dns_name
    PrimaryZoneId    = data.aws_lb.front["primary"].zone_id
    SecondaryDnsName = data.aws_lb.front["secondary"].dns_name
    SecondaryZoneId  = data.aws_lb.front["secondary"].zone_id
    ReadyPath        = var.health_check.ready_path
    LivePath         = var.health_check.live_path
    CheckInterval    = tostring(var.health_check.interval)
    FailureThreshold = tostring(var.health_check.threshold)
    Geolocation      = var.geolocation.enabled ? "on" : "off"
    PrimaryCountry   = var.geolocation.primary_country
    SecondaryCountry = var.geolocation.secondary_country
    Fenced = (
      var.fenced_region == null ? "none" : var.fenced_region == var.primary_region ? "primary" : "secondary"
    )
  }

  on_failure = "ROLLBACK"
}
