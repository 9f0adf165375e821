import os
import tempfile
import time
import unittest
from pathlib import Path

from scv_tools import processes


class RunTest(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.TemporaryDirectory()
        self.addCleanup(self.directory.cleanup)
        self.log = Path(self.directory.name) / "log"

    def run_shell(self, script: str, seconds_max: float = 20) -> int:
        return processes.run(["sh", "-c", script], self.log, seconds_max, Path("/"), {"A": "b"})

    def test_exit_code_output_and_environment(self):
        self.assertEqual(self.run_shell('echo "$A"; echo x >&2; exit 3'), 3)
        self.assertEqual(self.log.read_text().splitlines()[-2:], ["b", "x"])

    def test_ends_what_takes_too_long_and_its_children(self):
        with self.assertRaises(TimeoutError):
            self.run_shell("sleep 60 & echo child $!; wait", 0.5)
        child = int(self.log.read_text().split("child ")[-1].split()[0])
        self.assert_gone(child)

    def test_ends_what_is_left_behind(self):
        self.assertEqual(self.run_shell("sleep 60 & echo child $!"), 0)
        self.assert_gone(int(self.log.read_text().split("child ")[-1].split()[0]))

    def assert_gone(self, pid: int):
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            try:
                state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
            except (FileNotFoundError, ProcessLookupError):
                return
            if state == "Z":
                return
            os.sched_yield()
        self.fail(f"process {pid} is still there")


if __name__ == "__main__":
    unittest.main()
