import os
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

from scv_tools.tree import ROOT

TEST = """import pathlib, time, unittest
class It(unittest.TestCase):
    def test_a(self):
        self.addCleanup(pathlib.Path({mark!r}).write_text, "cleaned up")
        pathlib.Path({mark!r}).write_text("began")
        time.sleep(60)
    def test_b(self):
        pathlib.Path({mark!r}).write_text("went on")
"""


class EndedTest(unittest.TestCase):
    def test_a_test_that_is_ended_takes_down_what_it_began(self):
        with tempfile.TemporaryDirectory() as directory:
            mark, file = Path(directory) / "mark", Path(directory) / "slow_test.py"
            file.write_text(TEST.format(mark=str(mark)))
            run = subprocess.Popen(
                [sys.executable, ROOT / "tools/run_unittest", file, Path(directory) / "r.xml"],
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            self.addCleanup(run.stdout.close)
            deadline = time.monotonic() + 20
            while not (mark.exists() and mark.read_text()) and time.monotonic() < deadline:
                time.sleep(0.01)
            os.kill(run.pid, signal.SIGTERM)
            self.assertEqual(run.wait(timeout=20), 1)
            self.assertEqual(mark.read_text(), "cleaned up")


if __name__ == "__main__":
    unittest.main()
