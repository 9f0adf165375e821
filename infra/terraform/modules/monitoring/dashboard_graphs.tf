# The dashboard's graphs: what each shows.
locals {
  tier_titles = {
    front = "## Clients → front load balancer → web"
    back  = "## web → back load balancer → WAS"
  }
  fleet_titles = { web = "Web (nginx)", was = "WAS (memo)" }

  balancer_graphs = { for tier, it in local.tiers : tier => [
    {
      title   = "Requests a minute"
      stat    = "Sum"
      metrics = [["AWS/ApplicationELB", "RequestCount", "LoadBalancer", it.arn_suffix]]
    },
    {
      title = "Errors a minute"
      stat  = "Sum"
      metrics = [
        ["AWS/ApplicationELB", "HTTPCode_ELB_5XX_Count", "LoadBalancer", it.arn_suffix, { label = "5xx of the load balancer" }],
        ["AWS/ApplicationELB", "HTTPCode_Target_5XX_Count", "LoadBalancer", it.arn_suffix, { label = "5xx of ${it.fleet}" }],
        ["AWS/ApplicationELB", "HTTPCode_Target_4XX_Count", "LoadBalancer", it.arn_suffix, { label = "4xx of ${it.fleet}" }],
      ]
    },
    {
      title = "Seconds until ${it.fleet} answers"
      metrics = [for stat in ["p50", "p90", "p99"] :
        ["AWS/ApplicationELB", "TargetResponseTime", "LoadBalancer", it.arn_suffix, { stat = stat, label = stat }]
      ]
      annotations = { horizontal = [{ label = "alarm (p99)", value = var.thresholds.latency_p99[tier] }] }
    },
    {
      title = "Connections"
      stat  = "Sum"
      metrics = [
        ["AWS/ApplicationELB", "ActiveConnectionCount", "LoadBalancer", it.arn_suffix],
        ["AWS/ApplicationELB", "RejectedConnectionCount", "LoadBalancer", it.arn_suffix],
        ["AWS/ApplicationELB", "TargetConnectionErrorCount", "LoadBalancer", it.arn_suffix],
      ]
    },
  ] }

  zone_graphs = { for tier, it in local.tiers : tier => [for zone in var.zones : {
    title = "${it.fleet} in ${zone}"
    metrics = [
      ["AWS/ApplicationELB", "HealthyHostCount", "TargetGroup", it.target_group_arn_suffix, "AvailabilityZone", zone, "LoadBalancer", it.arn_suffix, { stat = "Minimum", label = "healthy" }],
      ["AWS/ApplicationELB", "UnHealthyHostCount", "TargetGroup", it.target_group_arn_suffix, "AvailabilityZone", zone, "LoadBalancer", it.arn_suffix, { stat = "Maximum", label = "unhealthy" }],
      ["AWS/ApplicationELB", "RequestCount", "TargetGroup", it.target_group_arn_suffix, "AvailabilityZone", zone, "LoadBalancer", it.arn_suffix, { stat = "Sum", label = "requests a minute", yAxis = "right" }],
    ]
  }] }

  fleet_graphs = { for fleet, it in var.fleets : fleet => [
    {
      title   = "CPU, percent"
      metrics = [for stat in ["Average", "Maximum"] : ["AWS/EC2", "CPUUtilization", "AutoScalingGroupName", it.group, { stat = stat, label = lower(stat) }]]
      yAxis   = { left = { min = 0, max = 100 } }
    },
    {
      title = "Instances"
      metrics = [for metric in ["GroupDesiredCapacity", "GroupInServiceInstances", "GroupPendingInstances", "GroupTerminatingInstances"] :
        ["AWS/AutoScaling", metric, "AutoScalingGroupName", it.group]
      ]
      annotations = { horizontal = [{ label = "minimum", value = it.min }] }
    },
    {
      title = "Memory and disk, percent"
      stat  = "Maximum"
      metrics = [for metric in ["mem_used_percent", "swap_used_percent", "disk_used_percent"] :
        [var.agent_namespace, metric, "AutoScalingGroupName", it.group]
      ]
      yAxis = { left = { min = 0, max = 100 } }
    },
    {
      title = "TCP connections of an instance"
      stat  = "Maximum"
      metrics = [for metric in ["netstat_tcp_established", "netstat_tcp_time_wait"] :
        [var.agent_namespace, metric, "AutoScalingGroupName", it.group]
      ]
    },
  ] }

  database_graphs = [
    { title = "CPU, percent", metrics = [["AWS/RDS", "CPUUtilization", "DBInstanceIdentifier", var.database.identifier]] },
    { title = "Connections", stat = "Maximum", metrics = [["AWS/RDS", "DatabaseConnections", "DBInstanceIdentifier", var.database.identifier]] },
    { title = "Free memory, bytes", stat = "Minimum", metrics = [["AWS/RDS", "FreeableMemory", "DBInstanceIdentifier", var.database.identifier]] },
    { title = "Free storage, bytes", stat = "Minimum", metrics = [["AWS/RDS", "FreeStorageSpace", "DBInstanceIdentifier", var.database.identifier]] },
  ]

  database_disk_graphs = [
    { title = "Seconds of a read, of a write", metrics = [for metric in ["ReadLatency", "WriteLatency"] : ["AWS/RDS", metric, "DBInstanceIdentifier", var.database.identifier]] },
    { title = "Reads and writes a second", metrics = [for metric in ["ReadIOPS", "WriteIOPS"] : ["AWS/RDS", metric, "DBInstanceIdentifier", var.database.identifier]] },
    { title = "Waiting for the disk", metrics = [["AWS/RDS", "DiskQueueDepth", "DBInstanceIdentifier", var.database.identifier]] },
    { title = "Lag of the replica, seconds", stat = "Maximum", metrics = [["AWS/RDS", "ReplicaLag", "DBInstanceIdentifier", var.database.identifier]] },
  ]

  log_graph = {
    title   = "Lines that count"
    stat    = "Sum"
    period  = 300
    metrics = [for name, it in local.log_filters : [local.log_namespace, it.metric]]
  }
}
