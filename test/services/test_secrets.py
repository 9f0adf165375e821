#!/usr/bin/env python3
"""Secrets Manager and STS, called by clients that no one here wrote: boto3 and memo itself.

Run: python3 test/services/test_secrets.py   (needs build/release/src/services/scv-services)
"""
import json
import os
import subprocess
import sys
import unittest

sys.dont_write_bytecode = True

from services_program import ACCOUNT, MEMO, NEEDS_BOTO3, SECRET, Case  # noqa: E402


@NEEDS_BOTO3
class Secrets(Case):
    def test_life(self):
        sm = self.services.client("secretsmanager")
        made = sm.create_secret(Name="app/key", SecretString="one",
                                Tags=[{"Key": "a", "Value": "b"}])
        self.assertRegex(made["ARN"], r":secret:app/key-\w{6}$")
        self.refused("ResourceExistsException", sm.create_secret, Name="app/key")
        put = sm.put_secret_value(SecretId="app/key", SecretString="two")
        for name in ("app/key", made["ARN"], made["ARN"][:-7]):
            self.assertEqual(sm.get_secret_value(SecretId=name)["SecretString"], "two")
        previous = sm.get_secret_value(SecretId="app/key", VersionStage="AWSPREVIOUS")
        self.assertEqual((previous["SecretString"], previous["VersionId"]),
                         ("one", made["VersionId"]))
        sm.update_secret_version_stage(SecretId="app/key", VersionStage="AWSCURRENT",
                                       MoveToVersionId=made["VersionId"],
                                       RemoveFromVersionId=put["VersionId"])
        self.assertEqual(sm.get_secret_value(SecretId="app/key")["SecretString"], "one")
        versions = sm.list_secret_version_ids(SecretId="app/key")["Versions"]
        self.assertEqual(sorted(sum((v["VersionStages"] for v in versions), [])),
                         ["AWSCURRENT", "AWSPREVIOUS"])
        sm.delete_secret(SecretId="app/key", RecoveryWindowInDays=7)
        self.refused("InvalidRequestException", sm.get_secret_value, SecretId="app/key")
        self.assertIn("DeletedDate", sm.describe_secret(SecretId="app/key"))
        sm.restore_secret(SecretId="app/key")
        self.assertIn("app/key", [s["Name"] for s in sm.list_secrets()["SecretList"]])
        sm.delete_secret(SecretId="app/key", ForceDeleteWithoutRecovery=True)
        self.refused("ResourceNotFoundException", sm.get_secret_value, SecretId="app/key")
        password = sm.get_random_password(PasswordLength=20, ExcludePunctuation=True)
        self.assertTrue(password["RandomPassword"].isalnum())

    def test_binary(self):
        sm = self.services.client("secretsmanager")
        sm.create_secret(Name="bin", SecretBinary=b"\x00\xff")
        self.assertEqual(sm.get_secret_value(SecretId="bin")["SecretBinary"], b"\x00\xff")

    def test_role(self):
        owner = self.services.client("secretsmanager")
        owner.put_secret_value(SecretId=SECRET, SecretString='{"username": "u"}')
        owner.create_secret(Name="private", SecretString="x")
        role = self.services.client("secretsmanager", self.services.role())
        self.assertEqual(role.get_secret_value(SecretId="memo/database")["SecretString"],
                         '{"username": "u"}')
        self.refused("AccessDeniedException", role.get_secret_value, SecretId="private")
        self.refused("AccessDeniedException", role.put_secret_value, SecretId=SECRET,
                     SecretString="x")
        wrong = dict(self.services.owner, SecretAccessKey="x" * 40)
        self.refused("InvalidSignatureException",
                     self.services.client("secretsmanager", wrong).list_secrets)

    @unittest.skipUnless(MEMO.exists(), f"{MEMO} is not built")
    def test_memo_reads_its_credentials(self):
        # As on an instance: the role's keys and the region from metadata, the secret by its name.
        value = {"username": "u", "password": "p", "host": "127.0.0.1", "port": 1, "dbname": "x"}
        put = self.services.client("secretsmanager").put_secret_value(
            SecretId=SECRET, SecretString=json.dumps(value))
        env = {"AWS_ENDPOINT_URL_SECRETS_MANAGER": self.services.url,
               "AWS_EC2_METADATA_SERVICE_ENDPOINT": self.services.metadata,
               "DB_SECRET_ID": "memo/database", "DB_HOST": "127.0.0.1", "DB_PORT": "1"}
        with subprocess.Popen([MEMO, "serve", "--listen", "127.0.0.1:0", "--metrics-listen", "off"],
                              env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True) as memo:
            for line in memo.stdout:
                event = json.loads(line)
                if event["event"] in ("secret_read", "not_ready"):
                    break
            memo.terminate()
            memo.stdout.read()
        self.assertEqual((event["event"], event.get("version_id")),
                         ("secret_read", put["VersionId"]))

    def test_at_rest(self):
        sm = self.services.client("secretsmanager")
        canary = "canary-" + os.urandom(8).hex()
        sm.create_secret(Name="rest", SecretString=canary)
        for path in (self.services.directory / "data").rglob("*"):
            if path.is_file():
                self.assertNotIn(canary.encode(), path.read_bytes(), path)
                self.assertEqual(path.stat().st_mode & 0o077, 0, path)

    def test_caller_identity(self):
        who = self.services.client("sts", self.services.role()).get_caller_identity()
        self.assertEqual(who["Arn"], f"arn:aws:sts::{ACCOUNT}:assumed-role/was/i-0123456789abcdef0")
        self.assertEqual(self.services.client("sts").get_caller_identity()["Account"], ACCOUNT)
        wrong = dict(self.services.owner, SecretAccessKey="x" * 40)
        self.refused("SignatureDoesNotMatch",
                     self.services.client("sts", wrong).get_caller_identity)


if __name__ == "__main__":
    unittest.main()
