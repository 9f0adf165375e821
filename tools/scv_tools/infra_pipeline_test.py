"""What the pipelines' scripts make of files that somebody tampered with."""

import json
import re
import subprocess
import tempfile
import unittest
from pathlib import Path

from scv_tools import infra_pipeline
from scv_tools.tree import ROOT

CHANNEL = ROOT / "infra/terraform/modules/user_data/channel.sh"
KEY = "releases/1.0-a/debian12-amd64/memo_1.0-a_amd64.deb"
HASH = "0123456789abcdef" * 4
FUNCTION = re.compile(r"^read_manifest\(\) \{\n.*?^\}", re.MULTILINE | re.DOTALL)


def read_by_user_data(text: str, package: str = "memo") -> str:
    function = FUNCTION.search(CHANNEL.read_text()).group(0)
    with tempfile.NamedTemporaryFile("w") as manifest:
        manifest.write(text)
        manifest.flush()
        environment = {"PATH": "/usr/bin:/bin", "PACKAGE": package, "LC_ALL": "C.UTF-8"}
        done = subprocess.run(["sh", "-c", f'{function}\nread_manifest "$1"', "sh", manifest.name],
                              env=environment, capture_output=True, text=True, check=True,
                              timeout=20)
    return done.stdout.strip()


def manifest(**package: str) -> str:
    return json.dumps({"version": "1.0-a", "packages": {"memo": package}}, indent=2)


class ChannelTest(unittest.TestCase):
    def test_it_reads_what_terraform_and_the_build_write(self):
        self.assertEqual(read_by_user_data(manifest(key=KEY, sha256=HASH)), f"{KEY} {HASH}")
        both = json.dumps({"packages": {"memo": {"key": KEY, "sha256": HASH},
                                        "memo-web": {"key": "releases/w.deb", "sha256": HASH}}})
        self.assertEqual(read_by_user_data(both), f"{KEY} {HASH}")
        self.assertEqual(read_by_user_data(both, "memo-web"), f"releases/w.deb {HASH}")

    def test_it_takes_nothing_else(self):
        for name, text in {
            "no hash": manifest(key=KEY), "half a hash": manifest(key=KEY, sha256=HASH[:-1]),
            "capital letters": manifest(key=KEY, sha256=HASH.upper()),
            "another place": manifest(key="elsewhere/memo.deb", sha256=HASH),
            "no package": manifest(key="releases/memo.zip", sha256=HASH),
            "a command": manifest(key="releases/$(reboot).deb", sha256=HASH),
            "a query": manifest(key="releases/a?versionId=1.deb", sha256=HASH),
            "another's hash": json.dumps({"packages": {"memo": {"key": KEY},
                                                       "other": {"sha256": HASH}}}),
            "nothing": "", "an error of S3's": "<Error><Code>AccessDenied</Code></Error>",
        }.items():
            with self.subTest(name):
                self.assertEqual(read_by_user_data(text), "")


class SpecificationsTest(unittest.TestCase):
    def test_a_build_that_forgets_something(self):
        problems = infra_pipeline.buildspec_problems("was", {
            "version": 0.2, "env": {"variables": {"API_TOKEN": "x"}},
            "phases": {"build": {"commands": ["make"]}}})
        said = " ".join(problems)
        for what in ("runs pipeline/build.sh", "uploads", "hands on", "cache", "secret"):
            self.assertIn(what, said)
        self.assertNotIn("version", said)

    def test_a_deployment_that_forgets_something(self):
        hook = {"location": "hooks/missing.sh", "timeout": 7200, "runas": "root"}
        said = " ".join(infra_pipeline.appspec_problems("web", {
            "version": 0, "os": "linux", "hooks": {"AfterInstall": [hook]}}))
        for what in ("the hooks are ['AfterInstall']", "cannot be run", "a timeout"):
            self.assertIn(what, said)

    def test_deployments_run_the_hooks_in_codedeploys_order(self):
        try:
            script = infra_pipeline.deployments("was", [infra_pipeline.Deployment("a", "")], "")
        except FileNotFoundError:
            self.skipTest("needs terraform")
        found = re.findall(r"^  hook \S+ (\w+)", script, re.MULTILINE)
        self.assertEqual(tuple(found), infra_pipeline.HOOKS)


if __name__ == "__main__":
    unittest.main()
