# Seoul leads.
region    = "ap-northeast-2"
domain    = "example.com"
isPrimary = true

# Where infra/edge publishes the accelerator, the load balancers answer for its name, too.
certificate_labels = ["ga"]

artifacts_directory = "../../build/artifacts"

# The copy of the secret. With database_address, Tokyo's output database.address, writes can wait for
# Tokyo, too (durability: global).
peer = {
  region   = "ap-northeast-1"
  vpc_cidr = "10.20.0.0/16"
}

# The names are the global root's, which knows which region is well.
publish_names = false
