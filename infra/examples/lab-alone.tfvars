# The lab's Seoul without another region: the names are its own.
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
database             = { multi_az = false, final_snapshot = false, apply_immediately = true }
was                  = { requests_per_target = 60000 }
