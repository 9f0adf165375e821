# Seoul leads.
region    = "ap-northeast-2"
domain    = "example.com"
isPrimary = true

artifacts_directory = "../../build/artifacts"
