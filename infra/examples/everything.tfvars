# All that a region can have, on top of its own variables:
#   terraform plan -var-file=../examples/seoul.tfvars -var-file=../examples/everything.tfvars
# docs/vpn.md, docs/waf.md, docs/monitoring.md and docs/pipelines.md say what a person does once.
vpn        = { enabled = true, client_cidrs = ["203.0.113.0/24"], database = true }
waf        = { style = "own" }
monitoring = { enabled = true, recipients = { page = ["team@example.com"], inform = ["team@example.com"] } }

# Find the versions and hashes out; until they are the agents', there is no Session Manager, and
# instances of a fleet with pipelines do not finish their boot.
session_manager = {
  enabled = true
  agent = {
    version = "3.3.0.0"
    sha256  = "0000000000000000000000000000000000000000000000000000000000000000"
  }
}
pipelines = {
  enabled = true
  agent = {
    key    = "releases/codedeploy-agent_VERSION.deb"
    sha256 = "0000000000000000000000000000000000000000000000000000000000000000"
  }
}
