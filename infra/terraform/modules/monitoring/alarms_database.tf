# The database: room, load, and how far a replica is behind.
locals {
  database_dimensions = { DBInstanceIdentifier = var.database.identifier }
  mebibyte            = 1048576
  gibibyte            = 1073741824

  source_alarms = {
    "database-cpu" = {
      description = "Database: busy beyond ${var.thresholds.database_cpu_percent} % for a quarter of an hour. Look into the slow query log."
      metric      = "CPUUtilization"
      statistic   = "Average"
      comparison  = "GreaterThanThreshold"
      threshold   = var.thresholds.database_cpu_percent
      periods     = 15
      # Silence is database-storage's to report, once.
      missing = "missing"
      pages   = false
    }
    "database-storage" = {
      description = "Database: less than ${var.thresholds.database_free_storage_percent} % of its storage is free, or it says nothing any more. Full storage stops writes."
      metric      = "FreeStorageSpace"
      statistic   = "Minimum"
      comparison  = "LessThanThreshold"
      threshold   = var.database.storage_gib * local.gibibyte * var.thresholds.database_free_storage_percent / 100
      periods     = 5
      # An instance that runs reports every minute: no data is no database.
      missing = "breaching"
      pages   = true
    }
    "database-memory" = {
      description = "Database: less than ${var.thresholds.database_free_memory_mib} MiB of memory are free; it begins to swap."
      metric      = "FreeableMemory"
      statistic   = "Minimum"
      comparison  = "LessThanThreshold"
      threshold   = var.thresholds.database_free_memory_mib * local.mebibyte
      periods     = 10
      # As database-cpu.
      missing = "missing"
      pages   = false
    }
    "database-connections" = {
      description = "Database: more than ${var.thresholds.database_connections} connections; close to its limit new ones are refused."
      metric      = "DatabaseConnections"
      statistic   = "Maximum"
      comparison  = "GreaterThanThreshold"
      threshold   = var.thresholds.database_connections
      periods     = 5
      # As database-cpu.
      missing = "missing"
      pages   = false
    }
    "database-disk-queue" = {
      description = "Database: more than ${var.thresholds.database_disk_queue} reads and writes wait for the disk."
      metric      = "DiskQueueDepth"
      statistic   = "Average"
      comparison  = "GreaterThanThreshold"
      threshold   = var.thresholds.database_disk_queue
      periods     = 10
      # As database-cpu.
      missing = "missing"
      pages   = false
    }
  }

  replica_alarms = {
    "replica-lag" = {
      description = "Replica: more than ${var.thresholds.replica_lag_seconds} s behind its source. Promoted now, it would lose that much."
      metric      = "ReplicaLag"
      statistic   = "Maximum"
      comparison  = "GreaterThanThreshold"
      threshold   = var.thresholds.replica_lag_seconds
      periods     = 5
      # No data: it does not replicate.
      missing = "breaching"
      pages   = false
    }
    # RDS reports -1 while replication is stopped or broken.
    "replica-stopped" = {
      description = "Replica: it does not follow its source (a lag of -1). Promoted now, it would lose everything since."
      metric      = "ReplicaLag"
      statistic   = "Minimum"
      comparison  = "LessThanThreshold"
      threshold   = 0
      periods     = 5
      # Said by replica-lag.
      missing = "notBreaching"
      pages   = false
    }
  }

  database_alarms = merge(
    local.source_alarms,
    { for name, it in local.replica_alarms : name => it if var.database.is_replica },
  )
}
