"""All that a region can have, applied in a lab: what it does not run it records, and says so."""

import json
import unittest

from lab import ROOT, Lab, signed_in, why_not

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
                     "aws_cloudwatch_dashboard", "aws_cloudwatch_log_group"):
            self.assertGreaterEqual(recorded.get(kind, 0), 1, json.dumps(recorded))
        self.assertIn("recorded only:", lab.run("status").stdout)
        client = signed_in(lab)
        self.assertEqual(client.request("POST", "/api/v1/memos", {"title": "all"})[0], 201)

        again = lab.terraform(*lab.on_root("plan", "-detailed-exitcode", FURTHER))
        self.assertEqual(again.returncode, 0, again.stdout + again.stderr)
        lab.down()


if __name__ == "__main__":
    unittest.main()
