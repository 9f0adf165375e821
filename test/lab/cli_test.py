"""What the command line says and does where things are not as they should be."""

import json
import os
import subprocess
import time
import unittest
from pathlib import Path

from lab import CLI, DOMAIN, ROOT, Lab, wait_for, why_not

REASON = why_not()
POSSIBLE = REASON is None
CONNECT = "import socket, sys; socket.socket(socket.AF_UNIX).connect(sys.argv[1])"


class Standing(unittest.TestCase):
    """One lab for all of them; the last one ends it."""

    lab: Lab

    @classmethod
    def setUpClass(cls) -> None:
        if not POSSIBLE:
            raise unittest.SkipTest(REASON)
        cls.lab = Lab()
        try:
            cls.lab.up()
        except BaseException:
            cls.lab.end_by_force()
            raise

    @classmethod
    def tearDownClass(cls) -> None:
        cls.lab.end_by_force()

    def test_nobody_else_on_the_machine_can_change_the_lab(self) -> None:
        instance = self.lab.instances("was")[0]["id"]
        for name in ("aws.sock", "scvd.sock"):
            path = self.lab.state / name
            self.assertEqual(path.stat().st_mode & 0o777, 0o600)
            mine = subprocess.run(["python3", "-c", CONNECT, path], check=False)
            self.assertEqual(mine.returncode, 0)
            if os.geteuid() == 0:
                other = subprocess.run(["python3", "-c", CONNECT, path], user=65534, group=65534,
                                       extra_groups=[], capture_output=True, text=True,
                                       check=False)
                self.assertIn("PermissionError", other.stderr)
            inside = self.lab.execute(instance, "python3", "-c", CONNECT, str(path))
            self.assertRegex(inside.stderr, "Error: .Errno", "an instance reaches " + name)
        self.assertEqual(self.lab.record()["ports"], {"door": self.lab.port})

    def terraform(self, *words: str, cwd: Path = ROOT) -> subprocess.CompletedProcess:
        environment = {**self.lab.environment, "TF_IN_AUTOMATION": "1", "TF_CLI_ARGS": "-no-color"}
        return subprocess.run([CLI, "terraform", *words], env=environment, cwd=cwd,
                              capture_output=True, text=True, timeout=100, check=False)

    def test_terraform_works_on_what_up_has_applied(self) -> None:
        planned = Path(self.lab.state / "saved.plan")
        for words in (("plan", "-detailed-exitcode", f"-out={planned}"), ("apply", str(planned))):
            done = self.terraform(*words, "-input=false") if words[0] == "plan" else \
                self.terraform(words[0], "-input=false", words[1])
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            self.assertIn("No changes" if words[0] == "plan" else "0 added", done.stdout)
        inside = self.terraform("state", "list", cwd=ROOT / "infra/terraform")
        self.assertIn("module.network.aws_vpc.this", inside.stdout.split())
        shown = self.terraform("show")
        self.assertIn("aws_vpc", shown.stdout)
        self.assertFalse((ROOT / "infra/terraform/terraform.tfstate").exists())
        self.assertFalse((ROOT / "infra/terraform/.terraform").exists())
        other = self.terraform("--region", "nowhere", "plan")
        self.assertEqual(other.returncode, 2)
        self.assertIn("no region nowhere", other.stderr)

    def test_a_type_that_the_lab_does_not_have_is_named(self) -> None:
        directory = self.lab.state / "own"
        directory.mkdir()
        (directory / "main.tf").write_text(
            'provider "aws" {\n  region = "ap-northeast-2"\n}\n'
            'resource "aws_quicksight_group" "this" {\n  group_name = "g"\n}\n')
        self.assertEqual(self.terraform("init", cwd=directory).returncode, 0)
        done = self.terraform("plan", cwd=directory)
        self.assertEqual(done.returncode, 1)
        self.assertIn("The lab does not have aws_quicksight_group", done.stderr)
        self.assertIn("docs/provider.md", done.stderr)

    def test_dns_says_what_there_is_not(self) -> None:
        nothing = self.lab.run("dns", f"nothere.{DOMAIN}", check=False)
        self.assertEqual(nothing.returncode, 1)
        self.assertIn("NXDOMAIN", nothing.stderr)
        other = self.lab.run("dns", f"www.{DOMAIN}", "-t", "TXT", check=False)
        self.assertEqual(other.returncode, 1)
        self.assertIn("no record of type TXT", other.stderr)

    def cpu(self) -> list[int]:
        return [i["cpu_percent"] for part in ("web", "was") for i in self.lab.instances(part)]

    def test_the_next_daemon_knows_since_when_the_cpu_was_used(self) -> None:
        before = max(wait_for("figures", lambda: min(self.cpu()) > 0 and self.cpu()))
        os.kill(self.daemon(self.lab.record()["pid"]), 9)

        def figures() -> list[int]:
            try:
                return self.cpu() if min(self.cpu()) > 0 else []
            except (AssertionError, ValueError):  # not up yet, or no instance seen yet
                return []

        self.assertLessEqual(max(wait_for("figures again", figures)), before + 5)

    def test_z_a_state_file_that_is_damaged_while_the_lab_runs(self) -> None:
        """Named last, so that it runs last: nothing of this lab is left."""
        pid = self.lab.record()["pid"]
        (self.lab.state / "state.db").write_bytes(b"x" * 65536)
        for name in ("state.db-wal", "state.db-shm"):
            (self.lab.state / name).unlink(missing_ok=True)
        os.kill(self.daemon(pid), 9)
        began = time.monotonic()
        done = self.lab.run("up", "--region", "alone", check=False)
        self.assertLess(time.monotonic() - began, 8)
        self.assertNotEqual(done.returncode, 0)
        self.assertEqual(done.stderr.count("is damaged"), 1, done.stderr)
        down = self.lab.run("down", "--auto-approve")
        self.assertIn("is damaged", down.stderr)
        self.assertFalse(self.lab.state.exists())

    @staticmethod
    def daemon(init: int) -> int:
        children = subprocess.run(["pgrep", "-P", str(init), "-x", "scvd"], capture_output=True,
                                  text=True, check=True).stdout.split()
        return int(children[0])


class Damaged(unittest.TestCase):
    def test_a_damaged_state_file_is_named_at_once_and_once(self) -> None:
        if reason := why_not(terraform=False):
            self.skipTest(reason)
        lab = Lab()
        self.addCleanup(lab.end_by_force)
        (lab.state / "state.db").write_bytes(b"x" * 65536)
        began = time.monotonic()
        done = lab.run("up", "--port", str(lab.port), check=False)
        self.assertLess(time.monotonic() - began, 5)
        self.assertEqual(done.returncode, 1)
        self.assertEqual(done.stderr.count("is damaged"), 1, done.stderr)
        self.assertIn(str(lab.state / "state.db"), done.stderr)
        self.assertIn("scv down", done.stderr)
        self.assertEqual((lab.state / "state.db").read_bytes(), b"x" * 65536)
        self.assertIn("no lab is running", lab.run("status", check=False).stderr)
        lab.run("down", "--auto-approve")
        self.assertFalse(lab.state.exists())


if __name__ == "__main__":
    unittest.main(verbosity=2)
