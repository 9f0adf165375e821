# CloudFront and Global Accelerator in front of both regions.
domain          = "example.com"
pages_directory = "../../web/dist"
