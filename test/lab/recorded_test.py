"""The lab without Terraform: the recorded graph is what Terraform makes of the HCL, and applying it
gives the same lab. Names say what must hold."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest
import uuid
from pathlib import Path

from lab import ROOT, Client, Lab, signed_in, wait_for, why_not

sys.path.insert(0, str(ROOT / "tools"))
from scv_tools import graph_lifecycle, graph_record  # noqa: E402

REASON = why_not(terraform=False)
RECORDED = ROOT / "infra/recorded/alone.json"
GRAPH = json.loads(RECORDED.read_text())


class Recording(unittest.TestCase):
    def test_it_is_what_terraform_makes_of_the_hcl(self) -> None:
        if reason := graph_record.why_not():
            self.skipTest(reason)
        self.assertEqual(graph_record.record("alone"), RECORDED.read_text(),
                         "tools/record_graph writes it again")

    def test_the_other_region_and_what_is_global_are_too(self) -> None:
        if reason := graph_record.why_not():
            self.skipTest(reason)
        for name, text in graph_record.record_all(("seoul", "tokyo", "global")).items():
            self.assertEqual(text, graph_record.file_of(name).read_text(),
                             f"tools/record_graph {name} writes it again")

    def test_it_has_no_id_and_no_password_of_the_run_that_made_it(self) -> None:
        text = RECORDED.read_text()
        self.assertEqual(re.findall(r"\b[a-z]+-[0-9a-f]{17}\b", text.replace("ami-", "")), [])
        secrets = [r["config"] for r in GRAPH["resources"]
                   if r["type"] in ("aws_secretsmanager_secret_version", "aws_db_instance")]
        for config in secrets:
            written = [value for name, value in config.items() if name.endswith("_wo")]
            self.assertEqual(len(written), 1)
            self.assertIn("⟦ephemeral.", written[0])

    def test_every_reference_leads_to_something_that_comes_before(self) -> None:
        known: set[str] = set()
        for resource in GRAPH["resources"]:
            text = json.dumps(resource["config"], ensure_ascii=False).replace('\\"', '"')
            for marker in re.findall("⟦([^⟧]*):[^⟧:]*⟧", text):
                self.assertIn(marker, known, resource["address"])
            known.add(resource["address"])

    def test_lifecycle_rules_are_read_from_the_hcl(self) -> None:
        body = ('\n  name = "a"\n\n  lifecycle {\n    create_before_destroy = true\n'
                "    ignore_changes = [one, two]\n  }\n")
        self.assertEqual(graph_lifecycle.rules_of(body),
                         {"ignore_changes": ["one", "two"], "create_before_destroy": True})


class RecordedTest(unittest.TestCase):
    def setUp(self) -> None:
        if REASON:
            self.skipTest(REASON)
        self.lab = Lab()
        self.addCleanup(self.lab.end_by_force)

    @property
    def log(self) -> Path:
        return self.lab.state / "recorded/alone.log"

    def steps(self, event: str) -> list[dict]:
        lines = [json.loads(line) for line in self.log.read_text().splitlines()]
        return [line for line in lines if line["event"] == event]

    def resources(self) -> list[dict]:
        return self.ask("/v1/resources")["resources"]

    def ready(self) -> int:
        client = Client(self.lab)
        self.addCleanup(client.close)
        return client.request("GET", "/readyz")[0]

    def ask(self, path: str, body: dict | None = None) -> dict:
        sent = ["--data", json.dumps(body)] if body else []
        done = subprocess.run(["curl", "-s", "--unix-socket", self.lab.state / "scvd.sock", *sent,
                               f"http://scvd{path}"], capture_output=True, text=True, timeout=120,
                              check=True)
        lines = done.stdout.splitlines()
        return json.loads(lines[-1]) | {"lines": [json.loads(line) for line in lines]}


class Replay(RecordedTest):
    def test_a_memo_is_saved_over_https_and_down_leaves_nothing(self) -> None:
        self.lab.up("--recorded")
        client = signed_in(self.lab)
        status, _, body = client.request("POST", "/api/v1/memos", {"title": "첫 메모", "content": "c"},
                                         {"Idempotency-Key": str(uuid.uuid4())})
        self.assertEqual(status, 201, body)
        status, _, body = client.request("GET", f"/api/v1/memos/{json.loads(body)['id']}")
        self.assertEqual(json.loads(body)["title"], "첫 메모")
        client.close()
        inside = self.lab.host_pids()
        self.lab.down()
        self.assertFalse(self.lab.state.exists(), "a file is left")
        self.assertEqual([pid for pid in inside if Path(f"/proc/{pid}").exists()], [])

    def test_every_resource_is_made_once_and_a_second_time_nothing_changes(self) -> None:
        self.lab.up("--recorded")
        self.assertEqual(sorted(r["type"] for r in self.resources()),
                         sorted(r["type"] for r in GRAPH["resources"]))
        self.lab.up()
        self.assertEqual(len(self.steps("same")), len(GRAPH["resources"]))
        self.assertEqual(self.steps("start"), [])

    def test_destroying_takes_every_resource_away(self) -> None:
        self.lab.up("--recorded")
        end = self.ask("/v1/graph/destroy", {"file": str(RECORDED),
                                             "artifacts": str(ROOT / "build/artifacts")})
        self.assertEqual(end["left"], 0, end["lines"])
        self.assertEqual(self.resources(), [])
        self.assertFalse((self.lab.state / "recorded/alone.json").exists())

    def test_the_password_is_in_no_file_of_its_memory(self) -> None:
        self.lab.up("--recorded")
        memory = json.loads((self.lab.state / "recorded/alone.json").read_text())
        for made in memory.values():
            for name, value in made["state"].items():
                if name in ("password", "password_wo", "secret_string", "secret_string_wo"):
                    self.assertIsNone(value, name)
        self.assertEqual((self.lab.state / "recorded/alone.json").stat().st_mode & 0o077, 0)

    def test_a_new_release_changes_only_what_has_to_do_with_it(self) -> None:
        self.lab.up("--recorded")
        directory = Path(tempfile.mkdtemp(prefix="scv-release-"))
        self.addCleanup(shutil.rmtree, directory)
        manifest = json.loads((ROOT / "build/artifacts/manifest.json").read_text())
        version = manifest["version"]
        for package in manifest["packages"].values():
            old, package["key"] = package["key"], package["key"].replace(version, version + "next")
            (directory / package["key"]).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / "build/artifacts" / old, directory / package["key"])
        manifest["version"] += "next"
        (directory / "manifest.json").write_text(json.dumps(manifest))
        end = self.ask("/v1/graph/apply", {"file": str(RECORDED), "artifacts": str(directory)})
        self.assertEqual(end["left"], 0, end["lines"])
        changed = sorted((line["action"], re.sub(r"\[.*", "", line["address"]))
                         for line in end["lines"] if line["event"] == "done")
        self.assertEqual(changed, [
            ("create", "aws_s3_object.artifact"), ("create", "aws_s3_object.artifact"),
            ("destroy", "aws_s3_object.artifact"), ("destroy", "aws_s3_object.artifact"),
            ("update", "module.was.aws_autoscaling_group.this"),
            ("update", "module.was.aws_launch_template.this"),
            ("update", "module.web.aws_autoscaling_group.this"),
            ("update", "module.web.aws_launch_template.this")])
        self.assertEqual(self.ready(), 200)


class Interruptions(RecordedTest):
    def start_up(self) -> subprocess.Popen:
        process = subprocess.Popen(
            [ROOT / "build/release/src/cli/scv", "up", "--region", "alone",
             "--recorded", "--port", str(self.lab.port)],
            env=self.lab.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.addCleanup(process.stdout.close)
        wait_for("a resource", lambda: self.log.exists() and '"done"' in self.log.read_text(), 60)
        return process

    def daemon(self) -> int:
        for pid in self.lab.host_pids():
            try:
                line = Path(f"/proc/{pid}/cmdline").read_bytes()
            except OSError:
                continue
            if line.split(b"\0")[0].endswith(b"/scvd"):
                return pid
        raise AssertionError("no daemon")

    def finish(self) -> None:
        self.lab.up()
        self.assertEqual(sorted(r["type"] for r in self.resources()),
                         sorted(r["type"] for r in GRAPH["resources"]), "nothing is made twice")

    def test_ctrl_c_ends_it_and_the_next_up_goes_on(self) -> None:
        process = self.start_up()
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(60), 130)
        self.finish()

    def test_kill_9_of_the_daemon_in_the_middle_is_resumed(self) -> None:
        process = self.start_up()
        os.kill(self.daemon(), signal.SIGKILL)
        self.assertNotEqual(process.wait(60), 0)
        self.finish()
        self.lab.down()

    def test_kill_9_of_the_daemon_in_the_middle_leaves_nothing_after_down(self) -> None:
        process = self.start_up()
        os.kill(self.daemon(), signal.SIGKILL)
        process.wait(60)
        wait_for("its API", lambda: self.lab.run("status", check=False).returncode == 0, 20)
        end = self.ask("/v1/graph/destroy", {"file": str(RECORDED),
                                             "artifacts": str(ROOT / "build/artifacts")})
        self.assertEqual(end["left"], 0, end["lines"])
        self.assertEqual(self.resources(), [])


class WithoutTerraform(RecordedTest):
    def test_up_says_that_terraform_is_missing_and_how_to_get_it(self) -> None:
        programs = Path(tempfile.mkdtemp(prefix="scv-path-"))
        self.addCleanup(shutil.rmtree, programs)
        for directory in reversed(os.environ["PATH"].split(":")):
            for program in Path(directory).glob("*") if directory else []:
                link = programs / program.name
                link.unlink(missing_ok=True)
                if program.name != "terraform":
                    link.symlink_to(program)
        self.lab.environment["PATH"] = str(programs)
        done = self.lab.run("up", "--port", str(self.lab.port), seconds=300)
        self.assertIn("Terraform is not installed", done.stdout)
        self.assertIn("https://developer.hashicorp.com/terraform/install", done.stdout)
        self.assertIn("Recorded, not simulated", done.stdout)
        self.assertEqual(self.ready(), 200)
        self.lab.down()
        self.assertFalse(self.lab.state.exists())


if __name__ == "__main__":
    unittest.main(verbosity=2)
