# The lab's Tokyo: the same HCL, waits as short as AWS allows, and nothing that keeps destroy from
# leaving the machine as it was.
region    = "ap-northeast-1"
domain    = "scv.localhost"
isPrimary = false

artifacts_directory = "../../build/artifacts"

deletion_protection  = false
force_destroy        = true
secret_recovery_days = 0
key_deletion_days    = 7
deregistration_delay = 5
health_check         = { interval = 5, timeout = 2, healthy_threshold = 2, unhealthy_threshold = 2 }
timing               = { health_check_grace = 20, warmup = 5, cooldown = 5, capacity_timeout = "2m" }
database             = { source_region = "ap-northeast-2", final_snapshot = false, apply_immediately = true }
peer = {
  region           = "ap-northeast-2"
  vpc_cidr         = "10.10.0.0/16"
  database_address = "scv.c6073e59207f.ap-northeast-2.rds.amazonaws.com"
}
# Small until it is needed: the machine is one.
web = { min = 1 }
was = { min = 1, requests_per_target = 60000, global_fallback = "region" }
