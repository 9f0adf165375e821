import threading
import unittest

from scv_tools.builds import Builds


class BuildsTest(unittest.TestCase):
    def setUp(self):
        self.commands: list[list[str]] = []
        self.fails: set[str] = set()
        self.may_go_on = threading.Event()
        self.may_go_on.set()
        self.builds = Builds(self.run_command, lambda log: None, lambda text: None, 2)

    def run_command(self, log: str, command: list[str], seconds_max: float) -> int:
        if not self.may_go_on.wait(10):
            raise TimeoutError("the test never let it go on")
        self.commands.append(command)
        return 1 if log in self.fails else 0

    def test_builds_once(self):
        self.assertTrue(self.builds.build("release"))
        self.assertTrue(self.builds.build("release"))
        self.assertEqual(len(self.commands), 2)

    def test_remembers_what_failed(self):
        self.fails.add("build-release")
        self.assertFalse(self.builds.build("release"))
        self.assertFalse(self.builds.build("release"))
        self.assertEqual(len(self.commands), 1)

    def test_waits_for_what_is_built_ahead(self):
        self.may_go_on.clear()
        self.builds.build_ahead(["asan", "tsan"])
        threading.Timer(0.05, self.may_go_on.set).start()
        self.assertTrue(self.builds.build("tsan"))
        self.assertTrue(self.builds.build("asan"))
        self.assertEqual(len(self.commands), 4)

    def test_a_failure_ahead_is_told_and_does_not_keep_the_next(self):
        self.fails.add("build-asan")
        self.builds.build_ahead(["asan", "tsan"])
        self.assertTrue(self.builds.build("tsan"))
        self.assertFalse(self.builds.build("asan"))

    def test_does_not_build_ahead_what_stands(self):
        self.builds.build("asan")
        self.builds.build_ahead(["asan", "tsan"])
        self.assertTrue(self.builds.build("tsan"))
        self.assertEqual(len(self.commands), 4)


if __name__ == "__main__":
    unittest.main()
