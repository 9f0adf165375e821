# Tokyo follows.
region    = "ap-northeast-1"
domain    = "example.com"
isPrimary = false

# Where infra/edge publishes the accelerator, the load balancers answer for its name, too.
certificate_labels = ["ga"]

artifacts_directory = "../../build/artifacts"

database = { source_region = "ap-northeast-2" }

peer = {
  region   = "ap-northeast-2"
  vpc_cidr = "10.10.0.0/16"
}
