"""Terraform and scv-schema as programs."""

import json
import os
import shutil
import subprocess
from pathlib import Path

TERRAFORM = shutil.which("terraform")
SECONDS_MAX = 120


class Provider:
    """scv-schema, which ends when its standard input is closed."""

    def __init__(self, program: str):
        self.program = program

    def __enter__(self):
        self.process = subprocess.Popen([self.program], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE,
                                        text=True)
        self.reattach = self.process.stdout.readline().strip()
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(timeout=10)


class Root:
    """A directory with one Terraform root."""

    def __init__(self, provider: Provider, directory: Path, hcl: str):
        self.provider, self.directory = provider, directory
        directory.mkdir(parents=True, exist_ok=True)
        self.write(hcl)
        self.ok("init", "-input=false")

    def write(self, hcl: str) -> None:
        (self.directory / "main.tf").write_text(hcl)

    def start(self, *arguments: str) -> subprocess.Popen:
        environment = {**os.environ, "TF_REATTACH_PROVIDERS": self.provider.reattach,
                       "TF_IN_AUTOMATION": "1", "CHECKPOINT_DISABLE": "1",
                       "TF_CLI_CONFIG_FILE": os.devnull}
        return subprocess.Popen([TERRAFORM, *arguments], cwd=self.directory, env=environment,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def run(self, *arguments: str) -> tuple[int, str]:
        process = self.start(*arguments, *(["-no-color"] if arguments[0] != "show" else []))
        output, _ = process.communicate(timeout=SECONDS_MAX)
        return process.returncode, output

    def ok(self, *arguments: str) -> str:
        code, output = self.run(*arguments)
        if code != 0:
            raise AssertionError(f"terraform {' '.join(arguments)}: {code}\n{output}")
        return output

    def apply(self, *more: str) -> str:
        return self.ok("apply", "-auto-approve", "-input=false", *more)

    def plan(self, *more: str) -> tuple[int, str]:
        return self.run("plan", "-detailed-exitcode", "-input=false", *more)

    def attributes(self, address: str) -> dict:
        state = json.loads(self.ok("show", "-json"))
        found = {}

        def walk(module: dict) -> None:
            for resource in module.get("resources", []):
                found[resource["address"]] = resource["values"]
            for child in module.get("child_modules", []):
                walk(child)

        walk(state["values"]["root_module"])
        return found[address]
