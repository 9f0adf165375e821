# All that a region can have, in the lab, on top of lab-alone or lab-seoul. What the lab does not run it
# records and says so. No agents: nothing answers in the lab in place of AWS's buckets of them.
vpn        = { enabled = true, client_cidrs = ["0.0.0.0/0"] }
waf        = { style = "own" }
monitoring = { enabled = true, agent = { enabled = false } }
