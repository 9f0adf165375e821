# A fleet of equal instances behind one target group. A changed launch template rolls out by
# instance refresh, and rolls back by itself when the new instances do not become healthy.
locals {
  instance_tags = merge(var.tags, { Name = var.name, Release = var.release })
}

resource "aws_launch_template" "this" {
  name                   = var.name
  description            = "Release ${var.release}"
  image_id               = var.image_id
  instance_type          = var.instance_type
  ebs_optimized          = true
  user_data              = base64encode(var.user_data)
  update_default_version = true

  iam_instance_profile {
    name = var.instance_profile
  }

  # Version 2 alone, one hop: what runs in a container or behind a proxy cannot reach it.
  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
    instance_metadata_tags      = "enabled"
  }

  network_interfaces {
    associate_public_ip_address = false
    delete_on_termination       = true
    security_groups             = [var.security_group_id]
  }

  block_device_mappings {
    device_name = "/dev/xvda"

    ebs {
      encrypted             = true
      volume_type           = "gp3"
      volume_size           = var.root_volume_gib
      delete_on_termination = true
    }
  }

  monitoring {
    enabled = true
  }

  tag_specifications {
    resource_type = "instance"
    tags          = local.instance_tags
  }

  tag_specifications {
    resource_type = "volume"
    tags          = local.instance_tags
  }

  tags = { Name = var.name }
}

resource "aws_autoscaling_group" "this" {
  name                = var.name
  vpc_zone_identifier = var.subnet_ids
  target_group_arns   = [var.target_group_arn]

  min_size         = var.capacity.min
  max_size         = var.capacity.max
  desired_capacity = coalesce(var.capacity.desired, var.capacity.min)

  health_check_type         = "ELB"
  health_check_grace_period = var.timing.health_check_grace
  default_instance_warmup   = var.timing.warmup
  default_cooldown          = var.timing.cooldown
  termination_policies      = ["Default"]

  # Apply returns when the load balancer sends requests, and not before.
  wait_for_elb_capacity     = coalesce(var.capacity.desired, var.capacity.min)
  wait_for_capacity_timeout = var.timing.capacity_timeout
  force_delete              = var.force_delete

  enabled_metrics = [
    "GroupDesiredCapacity", "GroupInServiceInstances", "GroupPendingInstances",
    "GroupTerminatingInstances", "GroupTotalInstances",
  ]
  metrics_granularity = "1Minute"

  launch_template {
    id      = aws_launch_template.this.id
    version = aws_launch_template.this.latest_version
  }

  instance_refresh {
    strategy = "Rolling"

    preferences {
      auto_rollback                = true
      skip_matching                = true
      min_healthy_percentage       = var.refresh.min_healthy_percentage
      max_healthy_percentage       = var.refresh.max_healthy_percentage
      instance_warmup              = var.timing.warmup
      checkpoint_percentages       = length(var.refresh.checkpoints) == 0 ? null : var.refresh.checkpoints
      checkpoint_delay             = length(var.refresh.checkpoints) == 0 ? null : var.refresh.checkpoint_delay
      scale_in_protected_instances = "Ignore"
      standby_instances            = "Ignore"
    }
  }

  dynamic "tag" {
    for_each = local.instance_tags

    content {
      key                 = tag.key
      value               = tag.value
      propagate_at_launch = true
    }
  }

  lifecycle {
    # The policies decide from the second apply on.
    ignore_changes = [desired_capacity]
  }
}
