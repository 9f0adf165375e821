# The lab's Seoul: the same HCL, waits as short as AWS allows, and nothing that keeps destroy from
# leaving the machine as it was.
region    = "ap-northeast-2"
domain    = "scv.localhost"
isPrimary = true

artifacts_directory = "../../build/artifacts"

deletion_protection  = false
force_destroy        = true
secret_recovery_days = 0
key_deletion_days    = 7
deregistration_delay = 5
health_check         = { interval = 5, timeout = 2, healthy_threshold = 2, unhealthy_threshold = 2 }
timing               = { health_check_grace = 20, warmup = 5, cooldown = 5, capacity_timeout = "2m" }
database             = { multi_az = true, final_snapshot = false, apply_immediately = true }
peer = {
  region           = "ap-northeast-1"
  vpc_cidr         = "10.20.0.0/16"
  database_address = "scv.c8729bdb97bf.ap-northeast-1.rds.amazonaws.com"
}
# While Tokyo is away, writes of durability global go on, and say that they are of durability region.
was           = { requests_per_target = 60000, global_fallback = "region" }
publish_names = false # the failover stack of the global root has them
