"""The main job, from nothing to HTTPS and back to nothing, on the real Terraform and real engines.
One lab serves the tests of one class. Names say what must hold."""

import json
import os
import signal
import subprocess
import threading
import time
import unittest
import uuid
from pathlib import Path

from lab import DOMAIN, ROOT, Client, Lab, Load, signed_in, wait_for, why_not

REASON = why_not()
POSSIBLE = REASON is None


class LabTest(unittest.TestCase):
    lab: Lab

    @classmethod
    def setUpClass(cls) -> None:
        if not POSSIBLE:
            raise unittest.SkipTest(REASON)
        cls.lab = Lab()
        try:
            cls.up = cls.lab.up()
        except BaseException:
            cls.lab.end_by_force()
            raise

    @classmethod
    def tearDownClass(cls) -> None:
        cls.lab.end_by_force()


class WholePath(LabTest):
    def test_the_page_and_the_api_answer_over_verified_https(self) -> None:
        client = Client(self.lab)
        status, headers, body = client.request("GET", "/")
        self.assertEqual(status, 200)
        self.assertIn(b"<!doctype html>", body.lower())
        self.assertIn("max-age", headers.get("Strict-Transport-Security", ""))
        status, _, _ = Client(self.lab, f"api.{DOMAIN}").request("GET", "/readyz")
        self.assertEqual(status, 200)

    def test_a_memo_is_saved_and_read_again(self) -> None:
        client = signed_in(self.lab)
        status, headers, body = client.request(
            "POST", "/api/v1/memos", {"title": "첫 메모", "content": "서울"},
            {"Idempotency-Key": str(uuid.uuid4())})
        self.assertEqual(status, 201, body)
        memo = json.loads(body)
        self.assertEqual(headers["X-Scv-Region"], "ap-northeast-2")
        instances = {i["id"] for i in self.lab.instances("was")}
        self.assertIn(headers["X-Scv-Instance"], instances)
        status, _, body = client.request("GET", f"/api/v1/memos/{memo['id']}")
        self.assertEqual(status, 200)
        self.assertEqual(json.loads(body)["title"], "첫 메모")

    def test_plain_http_is_redirected_at_the_front_load_balancer(self) -> None:
        done = self.lab.execute("internet", "curl", "-s", "-o", "/dev/null", "-w",
                                "%{http_code} %{redirect_url}", "--resolve",
                                f"www.{DOMAIN}:80:{self.public_address()}",
                                f"http://www.{DOMAIN}/a")
        self.assertEqual(done.stdout.split()[0], "301", done)
        self.assertTrue(done.stdout.split()[1].startswith(f"https://www.{DOMAIN}"), done.stdout)

    def public_address(self) -> str:
        front = next(b for b in self.lab.region()["load_balancers"] if not b["internal"])
        return front["nodes"][0]["public_address"]

    def test_dig_finds_the_names(self) -> None:
        public = {node["public_address"] for balancer in self.lab.region()["load_balancers"]
                  if not balancer["internal"] for node in balancer["nodes"]}

        # A node that was slow to answer twice is left out until it answers twice.
        def answered() -> bool:
            done = self.lab.execute("internet", "dig", "+short", "@192.0.2.53", f"www.{DOMAIN}",
                                    "A")
            return set(done.stdout.split()) == public

        wait_for(f"dig finds {public}", answered)
        self.assertEqual(set(self.lab.run("dns", f"api.{DOMAIN}").stdout.split()), public)

    def test_the_second_plan_is_empty(self) -> None:
        done = self.lab.terraform(*self.lab.on_root("plan", "-detailed-exitcode"))
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_the_state_and_the_logs_hold_no_secret(self) -> None:
        text = (self.lab.state / "terraform/alone.tfstate").read_text()
        self.assertNotIn('"password": "', text)
        state = json.loads(text)
        secrets = [r for r in state["resources"]
                   if r["type"] == "aws_secretsmanager_secret_version"]
        self.assertTrue(secrets)
        for secret in secrets:
            for instance in secret["instances"]:
                self.assertFalse(instance["attributes"].get("secret_string"))

    def test_status_is_a_picture_and_json(self) -> None:
        picture = self.lab.run("status").stdout
        for word in ("ap-northeast-2", "web", "was", "in service", "running"):
            self.assertIn(word, picture)
        self.assertEqual(self.lab.status()["pending"], [])


class Network(LabTest):
    """Every path of the matrix, probed from inside."""

    def connect(self, part: str, address: str, port: int) -> bool:
        done = self.lab.execute(part, "timeout", "1", "bash", "-c",
                                f"exec 3<>/dev/tcp/{address}/{port}")
        return done.returncode == 0

    def addresses(self) -> dict[str, list[str]]:
        region = self.lab.region()
        found = {name: [i["address"] for i in self.lab.instances(name)] for name in ("web", "was")}
        found["db"] = [d["address"] for d in region["databases"]]
        for balancer in region["load_balancers"]:
            kind = "back" if balancer["internal"] else "front"
            found[kind] = [node["address"] for node in balancer["nodes"]]
        return found

    def test_what_must_pass_passes_and_everything_else_is_refused(self) -> None:
        addresses = self.addresses()
        web, was = self.lab.instances("web")[0]["id"], self.lab.instances("was")[0]["id"]
        self.assertTrue(self.connect(web, addresses["back"][0], 443), "web to the back ALB")
        self.assertTrue(self.connect(was, addresses["db"][0], 3306), "was to the database")
        self.assertFalse(self.connect(web, addresses["db"][0], 3306), "web to the database")
        for port in (80, 443, 8080, 9000):
            self.assertFalse(self.connect(web, addresses["was"][0], port), f"web to was:{port}")
            self.assertFalse(self.connect(was, addresses["web"][0], port), f"was to web:{port}")
        self.assertFalse(self.connect(was, addresses["front"][0], 443) and
                         self.connect(was, addresses["front"][0], 8443), "was to the front ALB")
        for part, others in ((web, addresses["was"]), (was, addresses["web"])):
            self.assertFalse(self.connect(part, others[0], 22), "no port 22 anywhere")
        for address in addresses["web"] + addresses["was"] + addresses["db"]:
            for port in (80, 443, 3306, 9000):
                self.assertFalse(self.connect("internet", address, port),
                                 f"the internet to {address}:{port}")

    def test_private_instances_leave_through_the_nat_gateways_address(self) -> None:
        resources = json.loads(subprocess.run(
            ["curl", "-s", "--unix-socket", self.lab.state / "scvd.sock",
             "http://scvd/v1/resources?type=aws_eip"], capture_output=True, text=True,
            timeout=30, check=True).stdout)["resources"]
        expected = {r["attributes"]["public_ip"] for r in resources}
        listener = ("import socket;s=socket.create_server(('198.51.100.1',443));s.settimeout(10);"
                    "c,a=s.accept();print(a[0])")
        with subprocess.Popen([self.lab_cli(), "exec", "internet", "python3", "-c", listener],
                              env=self.lab.environment, stdout=subprocess.PIPE, text=True) as peer:
            was = self.lab.instances("was")[0]["id"]
            wait_for("a way out through the NAT gateway",
                     lambda: self.connect(was, "198.51.100.1", 443) or peer.poll() is not None, 10)
            seen = peer.communicate(timeout=15)[0].strip()
        self.assertIn(seen, expected)

    @staticmethod
    def lab_cli() -> Path:
        return ROOT / "build/release/src/cli/scv"

    def test_database_subnets_have_no_way_out(self) -> None:
        database = self.lab.region()["databases"][0]["id"]
        self.assertFalse(self.connect(database, "198.51.100.1", 443))

    def test_metadata_without_a_token_is_refused(self) -> None:
        was = self.lab.instances("was")[0]["id"]
        url = "http://169.254.169.254/latest/meta-data/instance-id"
        code = ["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}"]
        self.assertEqual(self.lab.execute(was, *code, url).stdout, "401")
        script = ("t=$(curl -s -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' "
                  "http://169.254.169.254/latest/api/token); "
                  f"curl -s -H \"X-aws-ec2-metadata-token: $t\" {url}")
        self.assertEqual(self.lab.execute(was, "sh", "-c", script).stdout, was)

    def test_a_web_instance_cannot_read_the_databases_secret(self) -> None:
        secret = json.loads(subprocess.run(
            ["curl", "-s", "--unix-socket", self.lab.state / "scvd.sock",
             "http://scvd/v1/resources?type=aws_secretsmanager_secret"], capture_output=True,
            text=True, timeout=30, check=True).stdout)["resources"][0]["attributes"]["arn"]
        script = (
            "import boto3,sys\n"
            "c=boto3.client('secretsmanager',region_name='ap-northeast-2')\n"
            "try:\n c.get_secret_value(SecretId=sys.argv[1]);print('read')\n"
            "except Exception as e:\n print(type(e).__name__, e.response['Error']['Code'])\n")
        environment = ["env", "AWS_CA_BUNDLE=/etc/ssl/certs/ca-certificates.crt",
                       "/usr/bin/python3", "-c", script, secret]
        web, was = self.lab.instances("web")[0]["id"], self.lab.instances("was")[0]["id"]
        if self.lab.execute(was, "/usr/bin/python3", "-c", "import boto3").returncode != 0:
            self.skipTest("python3-boto3 is not installed")
        self.assertEqual(self.lab.execute(was, *environment).stdout.strip(), "read")
        self.assertIn("AccessDenied", self.lab.execute(web, *environment).stdout)


class Failures(LabTest):
    def replaced(self, part: str, victim: str) -> bool:
        fleet = self.lab.fleet(part)
        serving = [i for i in fleet["instances"]
                   if i["lifecycle"] == "in service" and i["health"] == "healthy"]
        return len(serving) >= fleet["desired"] and victim not in {i["id"] for i in serving}

    def test_a_killed_was_instance_is_replaced_without_a_failed_request(self) -> None:
        victim = self.lab.instances("was")[0]["id"]
        with Load(self.lab) as load:
            wait_for("some load", lambda: load.done > 20)
            self.lab.run("kill", victim)
            began = time.monotonic()
            wait_for("a replacement in service", lambda: self.replaced("was", victim), 60)
            took = time.monotonic() - began
            more = load.done + 50
            wait_for("more load", lambda: load.done > more)
        self.assertEqual(load.failures, [])
        print(f"replaced in {took:.2f} s, {load.done} requests")

    def test_a_killed_web_instance_is_replaced_without_a_failed_request(self) -> None:
        victim = self.lab.instances("web")[0]["id"]
        with Load(self.lab, path="/") as load:
            wait_for("some load", lambda: load.done > 20)
            self.lab.run("kill", victim)
            wait_for("a replacement in service", lambda: self.replaced("web", victim), 60)
            more = load.done + 50
            wait_for("more load", lambda: load.done > more)
        self.assertEqual(load.failures, [])

    def test_kill_9_of_the_daemon_disturbs_no_traffic(self) -> None:
        before = {i["id"] for part in ("web", "was") for i in self.lab.instances(part)}
        pids = self.daemon_pids()
        self.assertTrue(pids)
        with Load(self.lab) as load:
            wait_for("some load", lambda: load.done > 20)
            for pid in pids:
                os.kill(pid, signal.SIGKILL)
            wait_for("another daemon", lambda: self.daemon_pids() - pids, 20)
            wait_for("its API", lambda: self.lab.run("status", check=False).returncode == 0, 20)
            more = load.done + 100
            wait_for("more load", lambda: load.done > more)
        self.assertEqual(load.failures, [])
        after = {i["id"] for part in ("web", "was") for i in self.lab.instances(part)}
        self.assertEqual(before, after, "it takes up what runs")
        done = self.lab.terraform(*self.lab.on_root("plan", "-detailed-exitcode"))
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def daemon_pids(self) -> set[int]:
        wanted = f"--state\0{self.lab.state}\0".encode()
        found = set()
        for entry in os.listdir("/proc"):
            if not entry.isdigit():
                continue
            try:
                line = Path(f"/proc/{entry}/cmdline").read_bytes()
            except OSError:
                continue
            if line.split(b"\0")[0].endswith(b"/scvd") and wanted in line:
                found.add(int(entry))
        return found

    def test_the_database_comes_back_after_kill_9_with_everything(self) -> None:
        client = signed_in(self.lab)
        status, _, body = client.request("POST", "/api/v1/memos", {"title": "t", "content": "c"},
                                         {"Idempotency-Key": str(uuid.uuid4())})
        self.assertEqual(status, 201)
        memo = json.loads(body)["id"]
        database = self.lab.region()["databases"][0]["id"]
        fleet = {i["id"] for i in self.lab.instances("was")}
        self.lab.run("kill", database)

        def readable() -> bool:
            try:
                return client.request("GET", f"/api/v1/memos/{memo}")[0] == 200
            except OSError:
                return False

        wait_for("the memo again", readable, 60)
        self.assertEqual(fleet, {i["id"] for i in self.lab.instances("was")},
                         "a database outage kills no instance")


class Changes(LabTest):
    """What operators do on purpose, under load: nobody notices."""

    def apply(self, **variables: object) -> None:
        more = [f"-var={name}={json.dumps(value)}" for name, value in variables.items()]
        done = self.lab.terraform(*self.lab.on_root("apply", "-auto-approve"), *more)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def refresh(self, part: str) -> str:
        return self.lab.fleet(part)["refresh"]["status"]

    def versions(self, part: str) -> set[int]:
        return {i["version"] for i in self.lab.instances(part)}

    def test_1_a_new_version_rolls_out_without_a_failed_request(self) -> None:
        before = self.versions("was")
        with Load(self.lab) as load:
            self.apply(was={"requests_per_target": 60000, "log_level": "debug"})
            wait_for("the refresh", lambda: self.refresh("was") == "Successful", 90)
        self.assertEqual(load.failures, [])
        self.assertEqual(self.versions("was"), {max(before) + 1})

    def test_2_a_broken_version_rolls_back_without_a_failed_request(self) -> None:
        manifest = json.loads((ROOT / "build/artifacts/manifest.json").read_text())
        packages = manifest["packages"]
        platform = packages["memo"]["key"].split("/")[2]
        before = {i["id"] for i in self.lab.instances("was")}
        with Load(self.lab) as load:
            self.apply(was={"requests_per_target": 60000, "log_level": "debug"},
                       release={"version": manifest["version"], "platform": platform,
                                "memo_sha256": "0" * 64,
                                "web_sha256": packages["memo-web"]["sha256"]})
            wait_for("the rollback", lambda: self.refresh("was") == "RollbackSuccessful", 180)
        self.assertEqual(load.failures, [])
        self.assertTrue(before & {i["id"] for i in self.lab.instances("was")},
                        "an instance of the good version has served all the time")

    def test_3_load_scales_out_and_its_end_scales_in(self) -> None:
        self.apply(was={"requests_per_target": 40, "log_level": "debug"})
        with Load(self.lab) as load:
            wait_for("more instances", lambda: len(self.lab.instances("was")) > 2, 60)
        self.assertEqual(load.failures, [])
        wait_for("two instances again", lambda: len(self.lab.instances("was")) == 2, 120)


class Lifecycle(unittest.TestCase):
    def setUp(self) -> None:
        if not POSSIBLE:
            self.skipTest(REASON)
        self.lab = Lab()
        self.addCleanup(self.lab.end_by_force)

    def test_from_nothing_to_nothing(self) -> None:
        listening = self.listeners()
        mounts = Path("/proc/mounts").read_text().count(str(self.lab.state))
        self.lab.up()
        inside = self.lab.host_pids()
        self.assertGreater(len(inside), 10)
        self.lab.down()
        self.assertFalse(self.lab.state.exists(), "a file is left")
        self.assertEqual([pid for pid in inside if Path(f"/proc/{pid}").exists()], [])
        self.assertEqual(self.listeners(), listening)
        self.assertEqual(Path("/proc/mounts").read_text().count(str(self.lab.state)), mounts)

    @staticmethod
    def listeners() -> set[str]:
        lines = Path("/proc/net/tcp").read_text().splitlines()[1:]
        return {line.split()[1] for line in lines if line.split()[3] == "0A"}

    def test_a_second_lab_in_the_same_place_is_the_first_one(self) -> None:
        first = self.lab.up()
        pid = self.lab.record()["pid"]
        second = self.lab.up()
        self.assertEqual(self.lab.record()["pid"], pid)
        self.assertEqual(first["url"], second["url"])

    def test_an_interrupted_apply_is_resumed(self) -> None:
        process = subprocess.Popen(
            [ROOT / "build/release/src/cli/scv", "up", "--region", "alone", "--port",
             str(self.lab.port)], env=self.lab.environment,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        log = self.lab.state / "terraform/alone.log"
        wait_for("a resource", lambda: log.exists() and "Creation complete" in log.read_text(), 60)
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(120), 130)
        self.lab.up()
        done = self.lab.terraform(*self.lab.on_root("plan", "-detailed-exitcode"))
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_kill_9_of_the_daemon_in_the_middle_of_an_apply(self) -> None:
        killed = threading.Event()

        def kill_once() -> None:
            log = self.lab.state / "terraform/alone.log"
            wait_for("a resource", lambda: log.exists() and "Creation complete" in log.read_text(),
                     60)
            for pid in Failures.daemon_pids(self):  # type: ignore[arg-type]
                os.kill(pid, signal.SIGKILL)
            killed.set()

        thread = threading.Thread(target=kill_once)
        thread.start()
        self.lab.run("up", "--region", "alone", "--port", str(self.lab.port), check=False,
                     seconds=300)
        thread.join()
        self.assertTrue(killed.is_set())
        self.lab.up()  # what was being made, and Terraform was not told of, is dropped
        done = self.lab.terraform(*self.lab.on_root("plan", "-detailed-exitcode"))
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
