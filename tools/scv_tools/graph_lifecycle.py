"""The lifecycle rules of resources, which Terraform keeps to itself: read from formatted HCL."""

import json
import re
from pathlib import Path

RESOURCE = re.compile(r'^resource "(\w+)" "(\w+)" \{$(.*?)^\}$', re.MULTILINE | re.DOTALL)
IGNORED = re.compile(r"^ +ignore_changes += \[([^\]]*)\]$", re.MULTILINE)
FIRST = re.compile(r"^ +create_before_destroy += true$", re.MULTILINE)


def rules_of(body: str) -> dict:
    rules: dict = {}
    if ignored := IGNORED.search(body):
        rules["ignore_changes"] = [name.strip() for name in ignored[1].split(",") if name.strip()]
    if FIRST.search(body):
        rules["create_before_destroy"] = True
    return rules


def read(root: Path, data: Path) -> dict[str, dict]:
    """Address without instance key → {"ignore_changes": […], "create_before_destroy": true}.
    `data` is Terraform's data directory after `init`, which knows where the modules are."""
    known = data / "modules/modules.json"
    # A root without modules has no such file.
    modules = (json.loads(known.read_text())["Modules"] if known.exists()
               else [{"Key": "", "Dir": "."}])
    found = {}
    for module in modules:
        prefix = "".join(f"module.{name}." for name in module["Key"].split(".") if name)
        for file in sorted((root / module["Dir"]).glob("*.tf")):
            for kind, name, body in RESOURCE.findall(file.read_text()):
                if rules := rules_of(body):
                    found[f"{prefix}{kind}.{name}"] = rules
    return found
