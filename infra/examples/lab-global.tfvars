# The lab's: probes as close together as AWS allows, and few of them.
domain       = "scv.localhost"
health_check = { interval = 10, threshold = 5 }
