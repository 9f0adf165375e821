"""A disk that runs full under the lab: on a small file system of its own, mounted in a mount
namespace of its own. Whatever was acknowledged is there afterwards, and the lab goes on."""

import os
import subprocess
import unittest

from lab import CLI, ROOT, Elsewhere, Lab, wait_for, why_not

REASON = why_not()
SIZE = "400m"


class SmallDisk:
    """A lab whose state is on a file system that can be filled and given room again."""

    def __init__(self) -> None:
        self.lab = Lab()
        self.mount = self.lab.state
        self.place = Elsewhere(f"mount -t tmpfs -o mode=0700,size={SIZE} scv-small {self.mount}")
        self.lab.prefix = self.place.prefix
        self.lab.state = self.mount / "lab"
        self.lab.seen = self.place.seen(self.lab.state)
        self.lab.environment["SCV_STATE"] = str(self.lab.state)
        self.ballast = self.place.seen(self.mount) / "ballast"

    def fill(self, leave: int = 0) -> None:
        """Takes what is left, but for so many bytes; then what the others take keeps it full."""
        with self.ballast.open("ab", buffering=0) as file:
            while True:
                space = os.statvfs(self.ballast.parent)
                room = space.f_bavail * space.f_frsize - leave
                if room <= 0:
                    return
                try:
                    file.write(bytes(min(room, 1 << 20)))
                except OSError:
                    return

    def free(self) -> None:
        self.ballast.unlink(missing_ok=True)

    def close(self) -> None:
        self.free()
        self.lab.end_by_force()
        self.place.close()
        self.mount.rmdir()


class FullDiskTest(unittest.TestCase):
    def setUp(self) -> None:
        if REASON is not None:
            self.skipTest(REASON)
        self.disk = SmallDisk()
        self.addCleanup(self.disk.close)
        self.lab = self.disk.lab

    def up(self) -> subprocess.Popen:
        return subprocess.Popen(
            [*self.lab.prefix, CLI, "up", "--region", "alone", "--port", str(self.lab.port)],
            env=self.lab.environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)

    def assert_names_the_disk(self, text: str) -> None:
        self.assertIn(f"the file system {self.disk.mount}, which holds {self.lab.state}, is full",
                      text)
        self.assertIn("free space there", text)

    def assert_whole(self) -> None:
        """The state is what Terraform knows, and SQLite finds nothing wrong with it."""
        done = self.lab.terraform(*self.lab.on_root("plan", "-detailed-exitcode"))
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        check = ("import sqlite3, sys; "
                 "print(sqlite3.connect(sys.argv[1]).execute('PRAGMA integrity_check').fetchone())")
        said = self.disk.place.run("python3", "-c", check, str(self.lab.state / "state.db"))
        self.assertEqual(said.stdout.strip(), "('ok',)", said.stderr)
        self.assertEqual(self.lab.status()["pending"], [])


if __name__ == "__main__":
    unittest.main(verbosity=2)
