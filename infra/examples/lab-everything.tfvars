# All that a region can have, in the lab, on top of lab-alone or lab-seoul. What the lab does not run it
# records and says so. Agents count as part of the image: nothing answers in the lab in place of AWS's
# buckets of them.
vpn             = { enabled = true, client_cidrs = ["0.0.0.0/0"] }
session_manager = { enabled = true, agent_in_image = true }
waf             = { style = "own" }
pipelines       = { enabled = true, agent_in_image = true }
monitoring      = { enabled = true, agent = { enabled = false } }
