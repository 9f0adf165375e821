#!/usr/bin/env python3
"""Records seoul.json: one region's resources as the provider has them after a real apply.

Usage: record.py PATH/OF/scv-schema

Needs terraform and the artifacts (./scv build artifacts). The region has no lab: scv-schema serves
the provider from memory.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
GLOBAL = ("aws_iam_", "aws_route53_")
KEPT_USER_DATA = "IyEvYmluL3NoCg=="  # the rest of it is of no interest here


def apply(schema: str, root: Path) -> dict:
    with subprocess.Popen([schema], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          text=True) as provider:
        environment = {**os.environ, "TF_REATTACH_PROVIDERS": provider.stdout.readline().strip(),
                       "TF_IN_AUTOMATION": "1", "CHECKPOINT_DISABLE": "1",
                       "TF_CLI_CONFIG_FILE": os.devnull}

        def terraform(*arguments: str) -> str:
            done = subprocess.run(["terraform", *arguments], cwd=root, env=environment, check=True,
                                  stdout=subprocess.PIPE, text=True, timeout=300)
            return done.stdout

        terraform("init", "-input=false", "-backend=false")
        terraform("apply", "-auto-approve", "-input=false",
                  "-var-file=../examples/lab-seoul.tfvars")
        state = json.loads(terraform("state", "pull"))
        provider.stdin.close()
        return state


def resources(state: dict) -> list[dict]:
    """Without nulls and empty values, which read the same as nothing."""
    found = []
    for resource in state["resources"]:
        if resource["mode"] != "managed" or not resource["type"].startswith("aws_"):
            continue
        for instance in resource["instances"]:
            attributes = {name: value for name, value in instance["attributes"].items()
                          if value not in (None, "", [], {})}
            if "user_data" in attributes:
                attributes["user_data"] = KEPT_USER_DATA
            if resource["type"] == "aws_db_instance":
                attributes["_master_password_hash"] = "*" + "0" * 40
            region = "global" if resource["type"].startswith(GLOBAL) else attributes["region"]
            found.append({"region": region, "type": resource["type"], "id": attributes["id"],
                          "attributes": attributes})
    return sorted(found, key=lambda one: (one["region"], one["type"], one["id"]))


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="scv-record-") as directory:
        shutil.copytree(ROOT / "infra", Path(directory) / "infra",
                        ignore=shutil.ignore_patterns(".terraform*", "*.tfstate*"))
        (Path(directory) / "build").symlink_to(ROOT / "build")
        state = apply(sys.argv[1], Path(directory) / "infra" / "terraform")
    lines = ",\n".join(json.dumps(one, sort_keys=True) for one in resources(state))
    (Path(__file__).parent / "seoul.json").write_text(f"[\n{lines}\n]\n")


if __name__ == "__main__":
    main()
