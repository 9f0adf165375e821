"""What people hear, and what goes on, where the machine is not as the lab needs it: a program that
is missing, a port that is taken, a second lab, no root."""

import json
import os
import re
import shutil
import socket
import subprocess
import tempfile
import unittest
from pathlib import Path

from lab import CLI, DOMAIN, INIT, ROOT, Client, Elsewhere, Lab, free_port, wait_for, why_not

REASON = why_not(terraform=False)
DAEMON = ROOT / "build/release/src/daemon/scvd"
PACKAGES = {"haproxy": "haproxy", "nginx": "nginx-light", "mariadbd": "mariadb-server-core",
            "pdns_server": "pdns-server pdns-backend-sqlite3"}
NOBODY = 65534


def place_of(program: str) -> str:
    found = shutil.which(program, path=os.environ["PATH"] + ":/usr/sbin:/usr/local/sbin")
    return os.path.realpath(found)


def hide(program: str) -> str:
    return f"mount --bind /dev/null {place_of(program)}"


class TroubleTest(unittest.TestCase):
    def setUp(self) -> None:
        if REASON is not None:
            self.skipTest(REASON)

    def new_lab(self, state: Path | None = None, prefix: list[str] | None = None) -> Lab:
        lab = Lab(state, prefix)
        self.addCleanup(lab.end_by_force)
        return lab

    def elsewhere(self, *commands: str) -> Elsewhere:
        made = Elsewhere(*commands)
        self.addCleanup(made.close)
        return made

    def start_only(self, lab: Lab) -> None:
        """The daemon without anything that it should make."""
        started = subprocess.run(
            [*lab.prefix, INIT, "--state", lab.state, "--listen", f"door=127.0.0.1:{lab.port}",
             "--detach", "--", DAEMON, "--state", lab.state], capture_output=True, text=True,
            env=lab.environment, timeout=30, check=False)
        self.assertEqual(started.returncode, 0, started.stderr)
        wait_for("its API", lambda: lab.run("status", check=False).returncode == 0, 20)

    def assert_ready(self, lab: Lab) -> None:
        client = Client(lab)
        self.assertEqual(client.request("GET", "/readyz")[0], 200)
        client.close()


class MissingProgram(TroubleTest):
    def test_up_and_doctor_name_every_missing_package(self) -> None:
        for program, package in PACKAGES.items():
            with self.subTest(program=program):
                lab = self.new_lab(prefix=self.elsewhere(hide(program)).prefix)
                for words in (("up", "--port", str(lab.port)), ("doctor",)):
                    done = lab.run(*words, check=False)
                    self.assertEqual(done.returncode, 1, done.stdout)
                    self.assertIn(f"not installed: {program} (", done.stderr)
                    self.assertIn(f"apt-get install --no-install-recommends {package}`",
                                  done.stderr)
                self.assertEqual(sorted(os.listdir(lab.state)), [], "something was begun")
                programs = json.loads(lab.run("--json", "doctor", check=False).stdout)["programs"]
                missing = [p["name"] for p in programs if p["required"] and not p["installed"]]
                self.assertEqual(missing, [program])

    def test_doctor_is_content_where_nothing_is_missing(self) -> None:
        done = self.new_lab().run("--json", "doctor")
        self.assertTrue(json.loads(done.stdout)["usable"])


class TakenPort(TroubleTest):
    def test_the_holder_and_the_option_are_named_and_it_starts_once_the_port_is_free(self) -> None:
        lab = self.new_lab()
        with socket.create_server(("127.0.0.1", lab.port)):
            done = lab.run("up", "--port", str(lab.port), check=False)
            self.assertEqual(done.returncode, 1)
            self.assertIn(f"port 127.0.0.1:{lab.port}", done.stderr)
            self.assertIn(f"pid {os.getpid()}", done.stderr)
            self.assertIn("`scv up --port N`", done.stderr)
            self.assertFalse((lab.state / "lab.json").exists())
        self.start_only(lab)

    def test_a_listener_on_all_addresses_takes_it_as_well(self) -> None:
        lab = self.new_lab()
        with socket.create_server(("0.0.0.0", lab.port)):
            done = lab.run("up", "--port", str(lab.port), check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn(f"pid {os.getpid()}", done.stderr)


class DamagedState(TroubleTest):
    def test_half_of_terraforms_state_is_refused_with_a_way_out(self) -> None:
        lab = self.new_lab()
        self.start_only(lab)
        state = lab.state / "terraform/alone.tfstate"
        state.parent.mkdir()
        half = '{ "version": 4, "serial": 9, "lineage": "0b2c3d4e-0000-4000-8000-000000000000", "o'
        state.write_text(half)
        done = lab.run("up", "--region", "alone", check=False)
        self.assertEqual(done.returncode, 1)
        for words in (f"Terraform's state {state} is damaged", "alone.tfstate.backup",
                      "./scv down --force"):
            self.assertIn(words, done.stderr)
        self.assertEqual(state.read_text(), half, "it was guessed")
        self.assertIn("is damaged", lab.run("down", "-y", check=False).stderr)
        lab.run("down", "-y", "--force")
        self.assertFalse(lab.state.exists())


class SecondLab(TroubleTest):
    def test_a_second_init_and_a_second_daemon_in_one_place_are_refused(self) -> None:
        lab = self.new_lab()
        self.start_only(lab)
        pid = lab.record()["pid"]
        again = subprocess.run(
            [INIT, "--state", lab.state, "--listen", f"door=127.0.0.1:{free_port()}", "--detach",
             "--", DAEMON, "--state", lab.state], capture_output=True, text=True, timeout=30,
            check=False)
        self.assertEqual(again.returncode, 1)
        self.assertIn(f"a lab runs in {lab.state} already, pid {pid}", again.stderr)
        daemon = subprocess.run([DAEMON, "--state", lab.state], capture_output=True, text=True,
                                timeout=30, check=False)
        self.assertEqual(daemon.returncode, 1)
        self.assertIn(f"another daemon serves the lab in {lab.state}", daemon.stderr)
        self.assertEqual(lab.record()["pid"], pid)
        self.assertEqual(lab.run("status").returncode, 0)


class Standing(TroubleTest):
    """One lab for all of them."""

    lab: Lab

    @classmethod
    def setUpClass(cls) -> None:
        if REASON is not None:
            raise unittest.SkipTest(REASON)
        cls.lab = Lab()
        try:
            cls.lab.up("--recorded")
        except BaseException:
            cls.lab.end_by_force()
            raise

    @classmethod
    def tearDownClass(cls) -> None:
        cls.lab.end_by_force()

    def test_a_running_lab_says_what_is_missing_and_goes_on_when_it_is_there(self) -> None:
        lab = self.lab
        node = lab.region()["load_balancers"][0]["nodes"][0]["name"]
        program = place_of("haproxy")
        inside = ["nsenter", "-t", str(lab.record()["pid"]), "-m", "-p", "--"]
        subprocess.run([*inside, "mount", "--bind", "/dev/null", program], check=True)
        lab.run("kill", node)

        def said() -> str:
            events = lab.run("events", check=False).stdout
            return next((line for line in events.splitlines()
                         if "haproxy is not installed" in line and node in line), "")

        event = wait_for("an event", said, 20)
        self.assertIn("apt-get install --no-install-recommends haproxy", event)
        wait_for("the status", lambda: "haproxy is not installed" in lab.run("status").stdout, 20)
        subprocess.run([*inside, "umount", program], check=True)
        wait_for("the node again", lambda: lab.status()["pending"] == [], 40)
        self.assert_ready(lab)

    def test_up_with_another_port_says_which_one_the_lab_keeps(self) -> None:
        done = self.lab.run("up", "--recorded", "--region", "alone", "--port", str(free_port()))
        self.assertIn(f"The lab that runs has port {self.lab.port}", done.stdout)
        self.assertIn(f"https://www.{DOMAIN}:{self.lab.port}/", done.stdout)

    def test_a_second_lab_stands_beside_it_without_root(self) -> None:
        lab = self.lab_of_nobody() or self.new_lab()
        taken = lab.run("up", "--port", str(self.lab.port), check=False)
        self.assertEqual(taken.returncode, 1)
        self.assertRegex(taken.stderr, r"taken by .*scv up --port N")
        before = self.pids_of_nobody()
        lab.up("--recorded")
        for each in (self.lab, lab):
            self.assert_ready(each)
        was = lab.instances("was")[0]
        said = lab.execute(was["id"], "sh", "-c", "id -u; hostname -I").stdout.split()
        self.assertEqual(said, ["0", was["address"]])
        made = self.pids_of_nobody() - before
        lab.down()
        self.assertFalse(lab.state.exists())
        wait_for("the end of its processes", lambda: not made & self.pids_of_nobody(), 10)
        self.assert_ready(self.lab)
        self.assertEqual(self.lab.status()["pending"], [])

    def lab_of_nobody(self) -> Lab | None:
        """An ordinary user's, where this one may become it and it gets namespaces."""
        if os.geteuid() != 0:
            return None
        prefix = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--"]
        if subprocess.run([*prefix, INIT, "--probe"], capture_output=True, timeout=30,
                          check=False).returncode != 0:
            print("this machine gives ordinary users no namespaces: both labs are root's")
            return None
        state = Path(tempfile.mkdtemp(prefix="scv-lab-"))
        os.chown(state, NOBODY, NOBODY)
        lab = self.new_lab(state, prefix)
        lab.environment["HOME"] = str(state)
        return lab

    @staticmethod
    def pids_of_nobody() -> set[int]:
        found = set()
        for entry in Path("/proc").iterdir():
            try:
                if entry.name.isdigit() and entry.stat().st_uid == NOBODY:
                    found.add(int(entry.name))
            except OSError:
                continue
        return found

    def status_of(self, part: str, *enter: str) -> dict[str, str]:
        done = self.lab.execute(part, *enter, "cat", "/proc/self/status")
        self.assertEqual(done.returncode, 0, done.stderr)
        return dict(re.findall(r"^(\w+):\t(.*)$", done.stdout, re.MULTILINE))

    def test_exec_has_the_instances_capabilities_and_no_more(self) -> None:
        forbidden = {"CAP_NET_ADMIN": 12, "CAP_SYS_MODULE": 16, "CAP_SYS_PTRACE": 19,
                     "CAP_SYS_ADMIN": 21, "CAP_SYS_BOOT": 22, "CAP_SYS_TIME": 25, "CAP_MKNOD": 27,
                     "CAP_SYSLOG": 34, "CAP_BPF": 39}
        was = self.lab.instances("was")[0]["id"]
        status = self.status_of(was)
        first = self.lab.execute(was, "cat", "/proc/1/status").stdout
        self.assertEqual(status["CapBnd"], re.search(r"CapBnd:\t(\w+)", first)[1])
        for field in ("CapBnd", "CapPrm", "CapEff"):
            held = [name for name, bit in forbidden.items() if int(status[field], 16) >> bit & 1]
            self.assertEqual(held, [], field)
        self.assertEqual(int(status["CapInh"], 16), 0)
        self.assertEqual(int(status["CapAmb"], 16), 0)
        mount = self.lab.execute(was, "mount", "-t", "tmpfs", "none", "/mnt")
        self.assertNotEqual(mount.returncode, 0)

    def test_exec_is_in_the_instances_own_namespaces(self) -> None:
        script = "for n in net mnt pid uts ipc; do readlink /proc/self/ns/$n; done"
        seen = [set(self.lab.execute(part["id"], "sh", "-c", script).stdout.split())
                for part in (*self.lab.instances("was"), *self.lab.instances("web"))]
        own = {os.readlink(f"/proc/self/ns/{name}") for name in ("net", "mnt", "pid", "uts", "ipc")}
        for i, one in enumerate(seen):
            self.assertEqual(len(one), 5)
            self.assertFalse(one & own, "a namespace of the host")
            for other in seen[:i]:
                self.assertFalse(one & other, "two instances share a namespace")

    def test_exec_sees_no_process_of_the_host_or_of_another_instance(self) -> None:
        was, web = self.lab.instances("was")[0], self.lab.instances("web")[0]
        secret = f"only-{os.getpid()}-here"
        with subprocess.Popen([CLI, "exec", web["id"], "sh", "-c", f"read x; : {secret}"],
                              env=self.lab.environment, stdin=subprocess.PIPE) as other:
            there = "grep -al [o]nly-%d-here /proc/[0-9]*/cmdline" % os.getpid()
            wait_for("it to run", lambda: self.lab.execute(web["id"], "sh", "-c",
                                                           there).stdout.strip())
            self.assertEqual(self.lab.execute(was["id"], "sh", "-c", there).stdout.strip(), "")
            other.communicate(b"\n", timeout=30)
        pids = self.lab.execute(was["id"], "sh", "-c", "cd /proc; ls -d [0-9]*").stdout.split()
        self.assertIn("1", pids)
        self.assertLess(len(pids), 20)
        names = self.lab.execute(was["id"], "sh", "-c", "cat /proc/[0-9]*/comm").stdout.split()
        for foreign in ("scvd", "scv-lab-init", "haproxy", "mariadbd", "nginx", "pdns_server"):
            self.assertNotIn(foreign, names)

    def test_dns_says_what_a_refusal_means(self) -> None:
        refused = self.lab.run("dns", "www.example.test", check=False)
        self.assertEqual(refused.returncode, 1)
        self.assertRegex(refused.stderr, "REFUSED for www.example.test: .*zone")
        self.assertNotIn("code 5", refused.stderr)
        nothing = self.lab.run("dns", f"nothere.{DOMAIN}", check=False)
        self.assertIn("NXDOMAIN", nothing.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
