# The instances: their number, and whether they have room. mem and disk come from the agents.
locals {
  fleet_alarms = merge([for fleet, it in var.fleets : {
    "${fleet}-cpu" = {
      description = "${fleet}: busy beyond ${var.thresholds.cpu_percent} % for a quarter of an hour. Scaling is at the fleet's maximum, or does not work."
      namespace   = "AWS/EC2"
      metric      = "CPUUtilization"
      dimensions  = { AutoScalingGroupName = it.group }
      statistic   = "Average"
      comparison  = "GreaterThanThreshold"
      threshold   = var.thresholds.cpu_percent
      periods     = 15
      # A fleet without data has no instances: the next alarm's business.
      missing = "missing"
      pages   = false
    }
    "${fleet}-too-few-instances" = {
      description = "${fleet}: fewer instances in service than the fleet's minimum of ${it.min} for ten minutes: instances do not start, or do not stay."
      namespace   = "AWS/AutoScaling"
      metric      = "GroupInServiceInstances"
      dimensions  = { AutoScalingGroupName = it.group }
      statistic   = "Minimum"
      comparison  = "LessThanThreshold"
      threshold   = it.min
      periods     = 10
      # The group reports every minute while it exists.
      missing = "breaching"
      pages   = false
    }
    "${fleet}-memory" = {
      description = "${fleet}: instances use more than ${var.thresholds.memory_percent} % of their memory."
      namespace   = var.agent_namespace
      metric      = "mem_used_percent"
      dimensions  = { AutoScalingGroupName = it.group }
      statistic   = "Maximum"
      comparison  = "GreaterThanThreshold"
      threshold   = var.thresholds.memory_percent
      periods     = 5
      # An agent that fails is no trouble of the service's; the alarm says INSUFFICIENT_DATA.
      missing = "missing"
      pages   = false
    }
    "${fleet}-disk" = {
      description = "${fleet}: an instance's disk is filled beyond ${var.thresholds.disk_percent} %. Replace it, and find what grows."
      namespace   = var.agent_namespace
      metric      = "disk_used_percent"
      dimensions  = { AutoScalingGroupName = it.group }
      statistic   = "Maximum"
      comparison  = "GreaterThanThreshold"
      threshold   = var.thresholds.disk_percent
      periods     = 5
      # As above.
      missing = "missing"
      pages   = false
    }
  }]...)
}
