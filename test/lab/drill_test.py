"""A short set of drills against a real lab: faults under load, judged from outside. The whole set
runs by command (docs/drills.md). Names say what must hold."""

import json
import os
import signal
import subprocess
import time
import unittest
from html.parser import HTMLParser

from lab import CLI, ROOT, Lab, wait_for, why_not

REASON = why_not()
DRILL = ROOT / "build/release/src/drill/scv-drill"
SHORT = ("--duration", "1.5", "--rate", "40", "--json")
VOID = {"meta", "br"}


class Elements(HTMLParser):
    """Complains about elements that are not closed, and about anything from elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.open, self.problems = [], []

    def handle_starttag(self, tag: str, attrs: list) -> None:
        if tag not in VOID:
            self.open.append(tag)
        for name, value in attrs:
            if name in ("src", "srcset", "data") or (name == "href" and tag != "a"):
                self.problems.append(f"<{tag} {name}={value}>")

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.problems.append(f"</{tag}> closes something else")


class Drills(unittest.TestCase):
    lab: Lab

    @classmethod
    def setUpClass(cls) -> None:
        if REASON is not None:
            raise unittest.SkipTest(REASON)
        if not DRILL.exists():
            raise unittest.SkipTest("scv-drill is not built")
        cls.lab = Lab()
        try:
            cls.lab.up(regions=("seoul", "tokyo"))
        except BaseException:
            cls.lab.end_by_force()
            raise

    @classmethod
    def tearDownClass(cls) -> None:
        cls.lab.end_by_force()

    def drill(self, *arguments: str, expect: int = 0) -> list[dict]:
        done = subprocess.run([DRILL, "--state", self.lab.state, *arguments],
                              env=self.lab.environment, capture_output=True, text=True,
                              timeout=120, check=False)
        self.assertEqual(done.returncode, expect, done.stdout[-4000:] + done.stderr)
        return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]

    def test_a_crashed_instance_costs_no_request(self) -> None:
        report = self.lab.state / "report.html"
        [result] = self.drill("instance-crash", *SHORT, "--html", str(report), "--seed", "7")
        [run] = result["runs"]
        self.assertEqual(run["history"]["rpo"], 0)
        self.assertGreater(run["history"]["acknowledged_writes"], 20)
        self.assertGreater(run["reads"]["requests"], 20)
        self.assertEqual(run["writes"]["failed_requests"] + run["reads"]["failed_requests"], 0)
        self.assertTrue(run["redundancy"]["lost"])
        self.assertIsNotNone(run["phases"][0]["took_ms"])
        elements = Elements()
        elements.feed(report.read_text())
        self.assertEqual(elements.problems + elements.open, [])

    def test_a_killed_daemon_costs_no_request_and_comes_back(self) -> None:
        [result] = self.drill("daemon-kill", *SHORT, "--html", str(self.lab.state / "d.html"))
        self.assertEqual(result["runs"][0]["writes"]["failed_requests"], 0)

    def test_a_crashed_primary_loses_no_acknowledged_write(self) -> None:
        [result] = self.drill("database-crash", *SHORT, "--html", str(self.lab.state / "p.html"))
        [run] = result["runs"]
        self.assertEqual(run["history"]["rpo"], 0)
        self.assertLess(run["rto_ms"], 1500)
        self.assertLess(run["redundancy"]["restored_s"], 10)

    def test_the_other_region_takes_over_and_gives_back(self) -> None:
        [result] = self.drill("region-loss", *SHORT, "--html", str(self.lab.state / "r.html"))
        [run] = result["runs"]
        self.assertLess(run["rto_ms"], 5000)
        self.assertEqual(run["writes"]["failed_operations"], 0)
        self.assertEqual(self.lab.status()["databases"][0]["writer"], "ap-northeast-1/scv")
        self.lab.run("failback")
        [cluster] = self.lab.status()["databases"]
        self.assertEqual(cluster["writer"], "ap-northeast-2/scv")

    def edge(self, command: str, *options: str) -> subprocess.CompletedProcess:
        """infra/roots on the edge, with Terraform behind the lab and no file in the checkout."""
        environment = {**self.lab.environment, "TERRAFORM": f"{CLI} terraform",
                       "TF_DATA_DIR": str(self.lab.state / "edge.data")}
        approve = () if command == "plan" else ("--auto-approve",)
        return subprocess.run(
            [ROOT / "infra/roots", command, "--prefix", "lab-", "--edge", "--only", "edge",
             *approve, "--", f"-state={self.lab.state}/edge.tfstate", *options],
            env=environment, capture_output=True, text=True, timeout=120, check=False)

    def test_the_edge_is_applied_over_both_regions_and_destroyed(self) -> None:
        applied = self.edge("apply")
        self.assertEqual(applied.returncode, 0, applied.stdout + applied.stderr)
        recorded = {kind["type"]: kind["count"] for kind in self.lab.status()["recorded"]}
        self.assertEqual(recorded["aws_cloudfront_distribution"], 1)
        self.assertEqual(recorded["aws_globalaccelerator_endpoint_group"], 2)
        again = self.edge("plan")
        self.assertEqual(again.returncode, 0, again.stdout + again.stderr)
        gone = self.edge("destroy")
        self.assertEqual(gone.returncode, 0, gone.stdout + gone.stderr)
        left = {kind["type"] for kind in self.lab.status()["recorded"]}
        self.assertEqual({name for name in left if "cloudfront" in name}, set())

    def test_what_the_lab_does_not_have_is_said(self) -> None:
        wanted = {"name": "unfit", "title": {"en": "Unfit", "ko": "불가"}, "about": "No such part.",
                  "steps": [{"inject": {"kind": "kill", "part": "named i-none"}}]}
        directory = self.lab.state / "unfit"
        directory.mkdir()
        (directory / "unfit.json").write_text(json.dumps(wanted))
        done = subprocess.run([DRILL, "--state", self.lab.state, "--scenarios", directory, "unfit"],
                              env=self.lab.environment, capture_output=True, text=True,
                              timeout=60, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("i-none", done.stderr)

    def test_an_interrupt_ends_it_in_good_order(self) -> None:
        with subprocess.Popen([DRILL, "--state", self.lab.state, "instance-crash"],
                              env=self.lab.environment, stdout=subprocess.DEVNULL,
                              stderr=subprocess.PIPE, text=True) as process:
            children = f"/proc/{process.pid}/task/{process.pid}/children"
            wait_for("the clients", lambda: open(children, encoding="ascii").read(), 30)
            clients = int(open(children, encoding="ascii").read().split()[0])
            process.send_signal(signal.SIGINT)
            _, errors = process.communicate(timeout=30)
        self.assertEqual(process.returncode, 130, errors)
        self.assertIn("healed", errors)
        wait_for("no clients any more", lambda: not os.path.exists(f"/proc/{clients}"), 5)


class WithoutALab(unittest.TestCase):
    def setUp(self) -> None:
        if not DRILL.exists():
            self.skipTest("scv-drill is not built")

    def run_it(self, *arguments: str) -> subprocess.CompletedProcess:
        environment = {**os.environ, "SCV_ROOT": str(ROOT), "SCV_STATE": "/nonexistent"}
        began = time.monotonic()
        done = subprocess.run([DRILL, *arguments], env=environment, capture_output=True, text=True,
                              timeout=30, check=False)
        self.assertLess(time.monotonic() - began, 10)
        return done

    def test_the_list_names_every_scenario(self) -> None:
        drills = json.loads(self.run_it("list", "--json").stdout)["drills"]
        files = {path.stem for path in (ROOT / "test/scenarios").glob("*.json")}
        self.assertEqual({drill["name"] for drill in drills}, files)
        self.assertIn("database-crash", self.run_it("list").stdout)

    def test_wrong_usage_is_2_and_no_lab_is_1(self) -> None:
        self.assertEqual(self.run_it().returncode, 2)
        self.assertEqual(self.run_it("--nonsense").returncode, 2)
        unknown = self.run_it("no-such-drill")
        self.assertEqual(unknown.returncode, 2)
        self.assertIn("scv drill list", unknown.stderr)
        missing = self.run_it("instance-crash")
        self.assertEqual(missing.returncode, 1)
        self.assertIn("./scv up", missing.stderr)


if __name__ == "__main__":
    unittest.main()
