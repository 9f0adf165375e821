output "script" {
  description = "The boot script, in plain text."
  value = join("\n", concat([
    "#!/bin/sh",
    "# Written by Terraform. The same script boots an instance on AWS and in the lab.",
    join("\n", [for name, value in local.settings : "${name}='${replace(value, "'", "'\\''")}'"]),
  ], local.scripts))
}
