"""The front door: what it refuses, what it says, and that its steps end with it."""

import os
import re
import signal
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

from scv_tools.tree import ROOT

COMMANDS = ["up", "dev", "build", "test", "bench", "fuzz", "fmt", "clean", "help", "version"]


def scv(*arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run([ROOT / "scv", *arguments], capture_output=True, text=True, check=False,
                          stdin=subprocess.DEVNULL, timeout=60)


class HelpTest(unittest.TestCase):
    def test_lists_every_command(self):
        said = scv().stdout
        for command in COMMANDS:
            self.assertRegex(said, rf"(?m)^  {command} +\w")

    def test_every_command_explains_itself_with_examples_and_exit_codes(self):
        for command in COMMANDS:
            run = scv(command, "-h")
            self.assertEqual((run.returncode, run.stderr), (0, ""), command)
            self.assertRegex(run.stdout, r"^Usage: \./scv " + command)
            self.assertRegex(run.stdout, r"Examples?:\n  \./scv")
            self.assertIn("Exit codes: 0", run.stdout)
            self.assertEqual(scv("help", command).stdout, run.stdout)

    def test_version_names_the_version_of_the_build(self):
        cmake = (ROOT / "CMakeLists.txt").read_text()
        [version] = re.findall(r"project\(\S+ VERSION ([\d.]+)", cmake)
        self.assertRegex(scv("version").stdout, rf"^Working SCV {re.escape(version)}( \(\S+\))?\n$")


class WrongUsageTest(unittest.TestCase):
    def assert_refused(self, *arguments: str, says: str):
        run = scv(*arguments)
        self.assertEqual((run.returncode, run.stdout), (2, ""), arguments)
        self.assertIn(says, run.stderr)

    def test_unknown_commands_and_options_get_a_hint(self):
        self.assert_refused("tset", says="unknown command 'tset', did you mean 'test'?")
        self.assert_refused("xyzzy", says="unknown command 'xyzzy'\n")
        self.assert_refused("dev", "--prot", "1", says="'--prot', did you mean '--port'?")
        self.assert_refused("clean", "--dta", says="did you mean '--data'?")
        self.assert_refused("build", "--preset", "relese", says="did you mean 'release'?")
        self.assert_refused("help", "tets", says="did you mean 'test'?")
        self.assert_refused("bench", "mmo", says="did you mean 'memo'?")

    def test_wrong_values(self):
        self.assert_refused("dev", "--port", says="--port needs a value")
        self.assert_refused("dev", "--port", "http", says="--port needs a number")
        self.assert_refused("dev", "--port", "65536", says="--port needs a number up to 65535")
        self.assert_refused("fuzz", "--seconds", "0", says="--seconds needs a positive number")

    def test_an_unknown_suite(self):
        run = subprocess.run(["python3", ROOT / "tools/run_tests", "untt"], capture_output=True,
                             text=True, check=False)
        self.assertEqual(run.returncode, 2)
        self.assertIn("did you mean 'unit'?", run.stderr)


def run_bash(script: str, **options) -> subprocess.Popen:
    prelude = "set -euo pipefail\nSCV_ROOT=$1\n" + "".join(
        f". {ROOT}/tools/front/{name}.sh\n" for name in ("output", "steps", "packages"))
    return subprocess.Popen(["bash", "-c", prelude + script, "bash", options.pop("root")],
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                            stdin=subprocess.DEVNULL, **options)


class StepTest(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.root = directory.name

    def test_a_failed_step_shows_the_end_of_its_log(self):
        process = run_bash("step compile Compiling sh -c 'echo the reason; exit 3'", root=self.root)
        _, said = process.communicate(timeout=20)
        self.assertEqual(process.returncode, 1)
        self.assertIn("Compiling failed after", said)
        self.assertIn("the reason", said)
        self.assertIn("build/log/compile.log", said)
        self.assertIn("the reason", Path(self.root, "build/log/compile.log").read_text())

    def test_a_signal_ends_the_step_and_all_its_children(self):
        for number, code in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
            process = run_bash(
                "step wait Waiting sh -c 'sleep 60 & echo $! > pids; echo $$ >> pids;"
                " mv pids ready; wait'", root=self.root, cwd=self.root)
            ready = Path(self.root, "ready")
            self.wait_until(ready.exists)
            pids = [int(pid) for pid in ready.read_text().split()]
            ready.unlink()
            process.send_signal(number)
            process.communicate(timeout=30)
            self.assertEqual(process.returncode, code)
            for pid in pids:
                self.wait_until(lambda pid=pid: not is_running(pid))

    def wait_until(self, condition):
        deadline = time.monotonic() + 20
        while not condition():
            self.assertLess(time.monotonic(), deadline, "waited too long")
            os.sched_yield()


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


class PackagesTest(unittest.TestCase):
    def groups(self, *names: str) -> list[str]:
        process = run_bash(f"packages_of {' '.join(names)}", root=str(ROOT))
        said, _ = process.communicate(timeout=20)
        return said.split()

    def test_groups(self):
        self.assertIn("g++", self.groups("build"))
        self.assertNotIn("npm", self.groups("build"))
        self.assertIn("npm", self.groups("build", "web"))
        self.assertEqual(self.groups("nothing"), [])

    def test_every_group_that_a_command_asks_for_exists(self):
        for file in sorted((ROOT / "tools/front/commands").glob("*.sh")):
            for names in re.findall(r"ensure_packages ([a-z ]+)", file.read_text()):
                for name in names.split():
                    self.assertTrue(self.groups(name), f"{file.name}: group {name}")


if __name__ == "__main__":
    unittest.main()
