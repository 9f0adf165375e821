# Tokyo follows.
region    = "ap-northeast-1"
domain    = "example.com"
isPrimary = false

artifacts_directory = "../../build/artifacts"
