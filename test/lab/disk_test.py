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
        process = subprocess.Popen(
            [*self.lab.prefix, CLI, "up", "--region", "alone", "--port", str(self.lab.port)],
            env=self.lab.environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        self.addCleanup(self.end, process)
        return process

    @staticmethod
    def end(process: subprocess.Popen) -> None:
        if process.poll() is None:
            process.terminate()
            process.wait(60)
        process.stderr.close()

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


class FullWhileComingUp(FullDiskTest):
    def test_full_before_up_begins_nothing_and_full_in_the_middle_is_resumed(self) -> None:
        self.disk.fill(leave=1 << 20)
        done = self.lab.run("up", "--region", "alone", "--port", str(self.lab.port), check=False)
        self.assertEqual(done.returncode, 1)
        self.assert_names_the_disk(done.stderr)
        self.assertIn("SCV_STATE", done.stderr)
        self.assertEqual(done.stderr.count("is full"), 1, done.stderr)
        self.assertFalse((self.lab.seen / "state.db").exists())
        self.disk.free()

        log = self.lab.seen / "terraform/alone.log"
        process = self.up()
        wait_for("a resource", lambda: log.exists() and "Creation complete" in log.read_text(), 60)
        self.disk.fill()
        said = process.communicate(timeout=300)[1]
        self.assertEqual(process.returncode, 1, said)
        self.assert_names_the_disk(said)
        self.assert_names_the_disk(self.lab.run("status").stdout)
        self.disk.free()
        wait_for("what was owed to the disk", lambda: self.lab.status()["warnings"] == [], 10)
        init = str(self.lab.record()["pid"])
        subprocess.run(["pkill", "-KILL", "-P", init, "-x", "scvd"], check=True, timeout=10)
        self.lab.up()
        self.assert_whole()
        self.assertEqual(list((ROOT / "infra/terraform").glob("*.tfstate")), [])


if __name__ == "__main__":
    unittest.main(verbosity=2)
