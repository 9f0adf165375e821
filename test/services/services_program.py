"""scv-services as its tests run it: the program, what it serves, and who calls it."""
import hashlib
import json
import os
import pathlib
import signal
import subprocess
import tempfile
import unittest
import urllib.error
import urllib.request

try:
    import boto3
    from botocore.config import Config
    from botocore.exceptions import ClientError
except ImportError:
    boto3 = None

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = pathlib.Path(
    os.environ.get("SCV_SERVICES", ROOT / "build/release/src/services/scv-services"))
MEMO = pathlib.Path(os.environ.get("SCV_MEMO", ROOT / "build/release/src/memo/memo"))
REGION = "ap-northeast-2"
ACCOUNT = "123456789012"
SECRET = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:memo/database-AbCdEf"
EMPTY_SHA256 = hashlib.sha256(b"").hexdigest()

NEEDS_PROGRAM = unittest.skipUnless(PROGRAM.exists(), f"{PROGRAM} is not built")
NEEDS_BOTO3 = unittest.skipIf(boto3 is None, "no boto3: apt install python3-boto3")


def resource(kind, name, region=REGION, /, **attributes):
    return {"region": region, "type": kind, "id": name, "attributes": attributes}


def allow(actions, resources):
    return {"Effect": "Allow", "Action": actions, "Resource": resources}


POLICY = {"Version": "2012-10-17", "Statement": [
    allow(["s3:GetObject"], "arn:aws:s3:::artifacts/memo/*"),
    allow("secretsmanager:GetSecretValue", SECRET)]}
TLS_ONLY = {"Version": "2012-10-17", "Statement": {
    "Effect": "Deny", "Principal": "*", "Action": "s3:*",
    "Resource": ["arn:aws:s3:::guarded", "arn:aws:s3:::guarded/*"],
    "Condition": {"Bool": {"aws:SecureTransport": "false"}}}}
RESOURCES = [
    resource("aws_iam_role", "was", "global", name="was", arn=f"arn:aws:iam::{ACCOUNT}:role/was"),
    resource("aws_iam_policy", "p", "global", arn=f"arn:aws:iam::{ACCOUNT}:policy/p",
             policy=json.dumps(POLICY)),
    resource("aws_iam_role_policy_attachment", "a", "global", role="was",
             policy_arn=f"arn:aws:iam::{ACCOUNT}:policy/p"),
    resource("aws_s3_bucket", "artifacts", bucket="artifacts"),
    resource("aws_s3_bucket", "versions", bucket="versions"),
    resource("aws_s3_bucket_versioning", "versions", bucket="versions"),
    resource("aws_s3_bucket", "elsewhere", "ap-northeast-1", bucket="elsewhere"),
    resource("aws_s3_bucket", "guarded", bucket="guarded"),
    resource("aws_s3_bucket_policy", "guarded", bucket="guarded", policy=json.dumps(TLS_ONLY)),
    resource("aws_secretsmanager_secret", SECRET, name="memo/database", arn=SECRET),
]


class Services:
    """The program, its directory, and what it printed."""

    def __init__(self, directory, tls=()):
        self.directory = pathlib.Path(directory)
        resources = self.directory / "resources.json"
        resources.write_text(json.dumps(RESOURCES))
        self.process = subprocess.Popen(
            [PROGRAM, self.directory / "data", REGION, resources, *tls],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        ports = json.loads(self.process.stdout.readline())
        self.port = ports["api"]
        self.url = f"http://127.0.0.1:{ports['api']}"
        self.metadata = f"http://127.0.0.1:{ports['metadata']}"
        self.owner = json.loads((self.directory / "data/keys/operator.json").read_text())

    def client(self, service, keys=None, **config):
        keys = keys or self.owner
        return boto3.client(
            service, region_name=REGION, endpoint_url=self.url,
            aws_access_key_id=keys["AccessKeyId"], aws_secret_access_key=keys["SecretAccessKey"],
            aws_session_token=keys.get("Token"),
            config=Config(retries={"max_attempts": 1}, connect_timeout=5, read_timeout=20,
                          s3={"addressing_style": "path"}, **config))

    def imds(self, path, method="GET", headers=None):
        request = urllib.request.Request(self.metadata + path, method=method, headers=headers or {})
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()

    def token(self):
        header = {"X-aws-ec2-metadata-token-ttl-seconds": "60"}
        return {"X-aws-ec2-metadata-token": self.imds("/latest/api/token", "PUT", header)[1]}

    def role(self):
        path = "/latest/meta-data/iam/security-credentials/was"
        return json.loads(self.imds(path, headers=self.token())[1])

    def stop(self):
        self.process.stdin.close()
        code = self.process.wait(10)
        self.process.stdout.close()
        return code

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)
        self.process.stdin.close()
        self.process.stdout.close()


@NEEDS_PROGRAM
class Case(unittest.TestCase):
    """Tests that share one run of the program."""

    @classmethod
    def setUpClass(cls):
        cls.directory = tempfile.TemporaryDirectory()
        cls.services = Services(cls.directory.name)

    @classmethod
    def tearDownClass(cls):
        code = cls.services.stop()
        cls.directory.cleanup()
        assert code == 0, code

    def refused(self, code, call, *args, **kwargs):
        with self.assertRaises(ClientError) as caught:
            call(*args, **kwargs)
        self.assertEqual(caught.exception.response["Error"]["Code"], code)
        return caught.exception.response
