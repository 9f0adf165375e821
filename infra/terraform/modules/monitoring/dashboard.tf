# The dashboard, in the order of a request: clients, front load balancer, web, back load balancer, WAS,
# database. Rows are filled from the left; where a row begins follows from the heights above it.
locals {
  graph = {
    view    = "timeSeries"
    stacked = false
    region  = var.region
    period  = 60
    stat    = "Average"
  }

  heading_rows = [
    {
      height = 2
      widgets = [{ width = 24, type = "text", properties = {
        markdown = "# ${var.name} in ${var.region}\nclients → front load balancer → web (nginx) → back load balancer → WAS (memo) → database (MariaDB)"
      } }]
    },
    {
      height = 6
      widgets = [{ width = 24, type = "alarm", properties = {
        title = "Alarms"
        alarms = concat(
          [for name in sort(keys(aws_cloudwatch_metric_alarm.this)) : aws_cloudwatch_metric_alarm.this[name].arn],
          [for tier in sort(keys(local.tiers)) : aws_cloudwatch_metric_alarm.target_5xx[tier].arn],
        )
      } }]
    },
  ]

  # A load balancer and, zone by zone, who answers behind it; then the fleet.
  tier_rows = { for tier, it in local.tiers : tier => concat(
    [
      { height = 1, widgets = [{ width = 24, type = "text", properties = { markdown = local.tier_titles[tier] } }] },
      { height = 6, widgets = [for graph in local.balancer_graphs[tier] : { width = 6, type = "metric", properties = merge(local.graph, graph) }] },
      { height = 5, widgets = [for graph in local.zone_graphs[tier] : { width = floor(24 / length(var.zones)), type = "metric", properties = merge(local.graph, graph) }] },
      { height = 1, widgets = [{ width = 24, type = "text", properties = { markdown = "## ${local.fleet_titles[it.fleet]}" } }] },
      { height = 6, widgets = [for graph in local.fleet_graphs[it.fleet] : { width = 6, type = "metric", properties = merge(local.graph, graph) }] },
    ],
  ) }

  database_rows = [
    { height = 1, widgets = [{ width = 24, type = "text", properties = { markdown = "## Database (MariaDB), ${var.database.is_replica ? "a replica" : "the source"}" } }] },
    { height = 6, widgets = [for graph in local.database_graphs : { width = 6, type = "metric", properties = merge(local.graph, graph) }] },
    { height = 6, widgets = [for graph in local.database_disk_graphs : { width = 6, type = "metric", properties = merge(local.graph, graph) }] },
  ]

  log_rows = [
    { height = 1, widgets = [{ width = 24, type = "text", properties = { markdown = "## Logs" } }] },
    { height = 6, widgets = [for graph in [local.log_graph] : { width = 6, type = "metric", properties = merge(local.graph, graph) }] },
    { height = 6, widgets = [{ width = 24, type = "log", properties = {
      title  = "memo's errors, newest first"
      region = var.region
      view   = "table"
      query  = "SOURCE '${aws_cloudwatch_log_group.this["memo"].name}' | fields @timestamp, event, message, instance | filter level = 'error' | sort @timestamp desc | limit 50"
    } }] },
  ]

  rows = concat(local.heading_rows, local.tier_rows["front"], local.tier_rows["back"], local.database_rows, local.log_rows)
  tops = [for i in range(length(local.rows)) : sum(concat([0], [for row in slice(local.rows, 0, i) : row.height]))]

  widgets = flatten([for i, row in local.rows : [for j, widget in row.widgets : {
    type       = widget.type
    x          = sum(concat([0], [for before in slice(row.widgets, 0, j) : before.width]))
    y          = local.tops[i]
    width      = widget.width
    height     = row.height
    properties = widget.properties
  }]])
}

resource "aws_cloudwatch_dashboard" "this" {
  dashboard_name = "${var.name}-${var.region}"
  dashboard_body = jsonencode({ start = "-PT3H", periodOverride = "inherit", widgets = local.widgets })
}
