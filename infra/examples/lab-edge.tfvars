# The lab's: recorded only, but for the buckets, the certificate and the names.
domain        = "scv.localhost"
force_destroy = true
