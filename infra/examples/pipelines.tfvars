# Pipelines on top of a region's own file:
#   terraform plan -var-file=../examples/seoul.tfvars -var-file=../examples/pipelines.tfvars
# docs/pipelines.md says what a person does once.
pipelines = {
  enabled       = true
  source        = { kind = "codecommit", repository = "scv", branch = "main" }
  architectures = ["amd64"]
  approval      = { enabled = true }
  deploy        = { minimum_healthy_percent = 50 }
  # Find both out: until they are the agent's, new instances refuse to boot.
  agent = {
    key    = "releases/codedeploy-agent_VERSION.deb"
    sha256 = "0000000000000000000000000000000000000000000000000000000000000000"
  }
}
