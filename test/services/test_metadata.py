#!/usr/bin/env python3
"""Instance metadata over plain HTTP, as software on an instance reads it.

Run: python3 test/services/test_metadata.py   (needs build/release/src/services/scv-services)
"""
import datetime
import json
import sys
import unittest

sys.dont_write_bytecode = True

from services_program import REGION, Case  # noqa: E402


class Metadata(Case):
    def test_version_2_only(self):
        imds = self.services.imds
        self.assertEqual(imds("/latest/meta-data/instance-id")[0], 401)
        forged = {"X-aws-ec2-metadata-token": "QUJD"}
        self.assertEqual(imds("/latest/meta-data/", headers=forged)[0], 401)
        ttl = {"X-aws-ec2-metadata-token-ttl-seconds": "60"}
        forwarded = {**ttl, "X-Forwarded-For": "1.2.3.4"}
        self.assertEqual(imds("/latest/api/token", "PUT", forwarded)[0], 403)
        self.assertEqual(imds("/latest/api/token", "PUT")[0], 400)
        self.assertEqual(imds("/latest/api/token")[0], 405)

    def test_tree(self):
        token = self.services.token()
        get = lambda path: self.services.imds("/latest/" + path, headers=token)
        self.assertEqual(get("meta-data/instance-id"), (200, "i-0123456789abcdef0"))
        self.assertEqual(get("meta-data/placement/region"), (200, REGION))
        self.assertEqual(get("meta-data/placement/availability-zone-id"), (200, "apne2-az1"))
        self.assertEqual(get("meta-data/iam/security-credentials/"), (200, "was"))
        self.assertEqual(get("meta-data/tags/instance/Name"), (200, "was-1"))
        self.assertEqual(get("user-data"), (200, "#!/bin/sh\necho hello\n"))
        self.assertIn("placement/", get("meta-data/")[1].split("\n"))
        self.assertEqual(get("meta-data/nothing")[0], 404)
        document = json.loads(get("dynamic/instance-identity/document")[1])
        self.assertEqual((document["region"], document["privateIp"]), (REGION, "10.0.1.5"))
        info = json.loads(get("meta-data/iam/info")[1])
        self.assertEqual(info["Code"], "Success")

    def test_credentials_rotate_and_outlast(self):
        keys = self.services.role()
        until = datetime.datetime.fromisoformat(keys["Expiration"].replace("Z", "+00:00"))
        left = until - datetime.datetime.now(datetime.timezone.utc)
        self.assertGreater(left, datetime.timedelta(hours=1))
        self.assertEqual(keys, self.services.role())


if __name__ == "__main__":
    unittest.main()
