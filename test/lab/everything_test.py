"""All that a region can have, applied in a lab: what it does not run it records, and says so."""

import json
import unittest

from lab import ROOT, Lab, signed_in, wait_for, why_not

REASON = why_not()
FURTHER = f"-var-file={ROOT}/infra/examples/lab-everything.tfvars"


@unittest.skipIf(REASON, REASON)
class Everything(unittest.TestCase):
    def test_it_stands_serves_says_what_is_recorded_and_goes(self) -> None:
        lab = Lab()
        self.addCleanup(lab.end_by_force)
        lab.up()
        applied = lab.terraform(*lab.on_root("apply", "-auto-approve", FURTHER))
        self.assertEqual(applied.returncode, 0, applied.stdout + applied.stderr)
        self.assertIn("Recorded, not simulated", applied.stdout)

        status = lab.status()
        recorded = {kind["type"]: kind["count"] for kind in status["recorded"]}
        for kind in ("aws_wafv2_web_acl", "aws_wafv2_web_acl_association", "aws_sns_topic",
                     "aws_cloudwatch_dashboard", "aws_cloudwatch_log_group", "aws_codepipeline",
                     "aws_codebuild_project", "aws_codedeploy_deployment_group"):
            self.assertGreaterEqual(recorded.get(kind, 0), 1, json.dumps(recorded))
        self.assertIn("recorded only:", lab.run("status").stdout)
        client = signed_in(lab)
        self.addCleanup(client.close)
        self.assertEqual(client.request("POST", "/api/v1/memos", {"title": "all"})[0], 201)

        def follows_the_channel() -> bool:
            told = [lab.run("logs", instance["id"]).stdout for instance in lab.instances("was")]
            return bool(told) and all("manifest.json names releases/" in text for text in told)

        wait_for("instances that installed what the pipeline's channel names",
                 follows_the_channel, 60)

        again = lab.terraform(*lab.on_root("plan", "-detailed-exitcode", FURTHER))
        self.assertEqual(again.returncode, 0, again.stdout + again.stderr)
        lab.down()


if __name__ == "__main__":
    unittest.main()
