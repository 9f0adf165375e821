#!/usr/bin/env python3
"""The AWS endpoints, called by clients that no one here wrote: boto3, curl and memo itself.

Run: python3 test/services/test_services.py   (needs build/release/src/services/scv-services)
"""
import datetime
import hashlib
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import unittest
import urllib.error
import urllib.request

try:
    import boto3
    from boto3.s3.transfer import TransferConfig
    from botocore.config import Config
    from botocore.exceptions import ClientError
except ImportError:
    boto3 = None

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = pathlib.Path(os.environ.get("SCV_SERVICES", ROOT / "build/release/src/services/scv-services"))
MEMO = pathlib.Path(os.environ.get("SCV_MEMO", ROOT / "build/release/src/memo/memo"))
REGION = "ap-northeast-2"
ACCOUNT = "123456789012"
SECRET = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:memo/database-AbCdEf"
EMPTY_SHA256 = hashlib.sha256(b"").hexdigest()


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


@unittest.skipUnless(PROGRAM.exists(), f"{PROGRAM} is not built")
class Case(unittest.TestCase):
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


@unittest.skipIf(boto3 is None, "no boto3: apt install python3-boto3")
class S3(Case):
    def setUp(self):
        self.s3 = self.services.client("s3")

    def test_put_and_get(self):
        body = os.urandom(300_000)
        put = self.s3.put_object(Bucket="artifacts", Key="memo/한글 +&?=/x.bin", Body=body,
                                 ContentType="application/x", Metadata={"note": "a b"})
        got = self.s3.get_object(Bucket="artifacts", Key="memo/한글 +&?=/x.bin")
        self.assertEqual(got["Body"].read(), body)
        self.assertEqual(got["ETag"], put["ETag"])
        self.assertEqual(got["ETag"], f'"{hashlib.md5(body).hexdigest()}"')
        self.assertEqual((got["ContentType"], got["Metadata"]), ("application/x", {"note": "a b"}))
        head = self.s3.head_object(Bucket="artifacts", Key="memo/한글 +&?=/x.bin")
        self.assertEqual(head["ContentLength"], len(body))

    def test_ranges_and_conditions(self):
        put = self.s3.put_object(Bucket="artifacts", Key="r", Body=b"0123456789")

        def part(wanted):
            got = self.s3.get_object(Bucket="artifacts", Key="r", Range=wanted)
            return got["Body"].read(), got.get("ContentRange")

        self.assertEqual(part("bytes=2-4"), (b"234", "bytes 2-4/10"))
        self.assertEqual(part("bytes=7-"), (b"789", "bytes 7-9/10"))
        self.assertEqual(part("bytes=-2"), (b"89", "bytes 8-9/10"))
        self.refused("InvalidRange", self.s3.get_object, Bucket="artifacts", Key="r", Range="bytes=10-")
        self.refused("304", self.s3.get_object, Bucket="artifacts", Key="r", IfNoneMatch=put["ETag"])
        self.refused("PreconditionFailed", self.s3.get_object, Bucket="artifacts", Key="r", IfMatch='"x"')

    def test_lists(self):
        for key in ("l/a", "l/b/1", "l/b/2", "l/c", "l/d/1"):
            self.s3.put_object(Bucket="artifacts", Key=key, Body=b"x")
        seen = []
        pages = self.s3.get_paginator("list_objects_v2").paginate(
            Bucket="artifacts", Prefix="l/", Delimiter="/", PaginationConfig={"PageSize": 1})
        for page in pages:
            seen += [entry["Key"] for entry in page.get("Contents", [])]
            seen += [entry["Prefix"] for entry in page.get("CommonPrefixes", [])]
        self.assertEqual(seen, ["l/a", "l/b/", "l/c", "l/d/"])
        deleted = self.s3.delete_objects(Bucket="artifacts", Delete={
            "Objects": [{"Key": "l/a"}, {"Key": "l/c"}]})
        self.assertEqual(len(deleted["Deleted"]), 2)
        left = self.s3.list_objects_v2(Bucket="artifacts", Prefix="l/")
        self.assertEqual([entry["Key"] for entry in left["Contents"]], ["l/b/1", "l/b/2", "l/d/1"])

    def test_versions(self):
        ids = [self.s3.put_object(Bucket="versions", Key="v", Body=str(i).encode())["VersionId"]
               for i in range(3)]
        old = self.s3.get_object(Bucket="versions", Key="v", VersionId=ids[0])
        self.assertEqual(old["Body"].read(), b"0")
        marker = self.s3.delete_object(Bucket="versions", Key="v")
        self.assertTrue(marker["DeleteMarker"])
        self.refused("NoSuchKey", self.s3.get_object, Bucket="versions", Key="v")
        listed = []
        for page in self.s3.get_paginator("list_object_versions").paginate(
                Bucket="versions", PaginationConfig={"PageSize": 2}):
            listed += page.get("Versions", [])
        self.assertEqual([entry["VersionId"] for entry in listed], ids[::-1])
        self.s3.delete_object(Bucket="versions", Key="v", VersionId=marker["VersionId"])
        self.assertEqual(self.s3.get_object(Bucket="versions", Key="v")["Body"].read(), b"2")

    def test_multipart_and_copy(self):
        body = os.urandom(12 << 20)
        with tempfile.NamedTemporaryFile() as file:
            file.write(body)
            file.flush()
            self.s3.upload_file(file.name, "artifacts", "big", Config=TransferConfig(
                multipart_threshold=5 << 20, multipart_chunksize=5 << 20))
        got = self.s3.get_object(Bucket="artifacts", Key="big")
        self.assertEqual(hashlib.sha256(got["Body"].read()).digest(), hashlib.sha256(body).digest())
        self.assertTrue(got["ETag"].endswith('-3"'))
        self.s3.copy_object(Bucket="artifacts", Key="copy", CopySource="artifacts/big")
        self.assertEqual(self.s3.head_object(Bucket="artifacts", Key="copy")["ContentLength"], len(body))
        upload = self.s3.create_multipart_upload(Bucket="artifacts", Key="gone")
        named = {"Bucket": "artifacts", "Key": "gone", "UploadId": upload["UploadId"]}
        self.s3.upload_part(PartNumber=1, Body=b"x", **named)
        self.assertEqual(len(self.s3.list_parts(**named)["Parts"]), 1)
        self.s3.abort_multipart_upload(**named)
        self.refused("NoSuchUpload", self.s3.list_parts, **named)

    def test_checksums(self):
        # boto3 sends these as an aws-chunked trailer over TLS, as a header over plain HTTP.
        for algorithm in ("CRC32", "SHA256", "SHA1"):
            self.s3.put_object(Bucket="artifacts", Key="sum", Body=b"x", ChecksumAlgorithm=algorithm)
        self.refused("BadDigest", self.s3.put_object, Bucket="artifacts", Key="sum", Body=b"x",
                     ChecksumCRC32="AAAAAA==")

    def test_presigned(self):
        self.s3.put_object(Bucket="artifacts", Key="p", Body=b"presigned")
        sign = self.services.client("s3", signature_version="s3v4").generate_presigned_url
        url = sign("get_object", {"Bucket": "artifacts", "Key": "p"}, ExpiresIn=60)
        with urllib.request.urlopen(url, timeout=5) as answer:
            self.assertEqual(answer.read(), b"presigned")
        for wrong, code in ((url.replace("/p?", "/q?"), b"SignatureDoesNotMatch"),
                            (url.replace("X-Amz-Expires=60", "X-Amz-Expires=600"), b"SignatureDoesNotMatch")):
            with self.assertRaises(urllib.error.HTTPError) as caught:
                urllib.request.urlopen(wrong, timeout=5)
            with caught.exception as answer:
                self.assertEqual(answer.code, 403)
                self.assertIn(code, answer.read())

    def test_refusals(self):
        wrong = dict(self.services.owner, SecretAccessKey="x" * 40)
        list_of = lambda keys: self.services.client("s3", keys).list_objects_v2
        self.refused("SignatureDoesNotMatch", list_of(wrong), Bucket="artifacts")
        self.refused("InvalidAccessKeyId", list_of(dict(wrong, AccessKeyId="AKIA" + "X" * 16)),
                     Bucket="artifacts")
        self.refused("InvalidToken", list_of(dict(self.services.role(), Token="QUJD")),
                     Bucket="artifacts")
        self.refused("NoSuchBucket", self.s3.list_objects_v2, Bucket="nobody")
        # boto3 itself would sign again for the region that it is told.
        sign = self.services.client("s3", signature_version="s3v4").generate_presigned_url
        with self.assertRaises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(sign("list_objects_v2", {"Bucket": "elsewhere"}), timeout=5)
        with caught.exception as answer:
            self.assertEqual(answer.code, 301)
            self.assertEqual(answer.headers["x-amz-bucket-region"], "ap-northeast-1")
            self.assertIn(b"PermanentRedirect", answer.read())
        self.refused("AccessDenied", self.s3.put_object, Bucket="guarded", Key="k", Body=b"x")
        with self.assertRaises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(self.services.url + "/artifacts/r", timeout=5)
        with caught.exception as answer:
            self.assertEqual(answer.code, 403)

    def test_role(self):
        self.s3.put_object(Bucket="artifacts", Key="memo/1.deb", Body=b"deb")
        self.s3.put_object(Bucket="artifacts", Key="other", Body=b"x")
        role = self.services.client("s3", self.services.role())
        self.assertEqual(role.get_object(Bucket="artifacts", Key="memo/1.deb")["Body"].read(), b"deb")
        self.refused("AccessDenied", role.get_object, Bucket="artifacts", Key="other")
        self.refused("AccessDenied", role.put_object, Bucket="artifacts", Key="memo/1.deb", Body=b"y")
        self.refused("AccessDenied", role.get_object, Bucket="artifacts", Key="memo/missing")
        self.refused("AccessDenied", role.list_objects_v2, Bucket="artifacts")

    @unittest.skipIf(shutil.which("curl") is None, "no curl")
    def test_curl(self):
        self.s3.put_object(Bucket="artifacts", Key="memo/c.deb", Body=b"curl")
        keys = self.services.role()
        config = (f'user = "{keys["AccessKeyId"]}:{keys["SecretAccessKey"]}"\n'
                  f'header = "x-amz-security-token: {keys["Token"]}"\n')
        done = subprocess.run(
            ["curl", "--config", "-", "-sSf", "--aws-sigv4", f"aws:amz:{REGION}:s3",
             "-H", f"x-amz-content-sha256: {EMPTY_SHA256}", "--max-time", "10",
             self.services.url + "/artifacts/memo/c.deb"], input=config.encode(), capture_output=True)
        self.assertEqual((done.returncode, done.stdout), (0, b"curl"), done.stderr)


@unittest.skipIf(boto3 is None, "no boto3: apt install python3-boto3")
class Secrets(Case):
    def test_life(self):
        sm = self.services.client("secretsmanager")
        made = sm.create_secret(Name="app/key", SecretString="one", Tags=[{"Key": "a", "Value": "b"}])
        self.assertRegex(made["ARN"], r":secret:app/key-\w{6}$")
        self.refused("ResourceExistsException", sm.create_secret, Name="app/key")
        put = sm.put_secret_value(SecretId="app/key", SecretString="two")
        for name in ("app/key", made["ARN"], made["ARN"][:-7]):
            self.assertEqual(sm.get_secret_value(SecretId=name)["SecretString"], "two")
        previous = sm.get_secret_value(SecretId="app/key", VersionStage="AWSPREVIOUS")
        self.assertEqual((previous["SecretString"], previous["VersionId"]), ("one", made["VersionId"]))
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
        self.refused("AccessDeniedException", role.put_secret_value, SecretId=SECRET, SecretString="x")
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
        self.assertEqual((event["event"], event.get("version_id")), ("secret_read", put["VersionId"]))

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
        self.refused("SignatureDoesNotMatch", self.services.client("sts", wrong).get_caller_identity)


class Metadata(Case):
    def test_version_2_only(self):
        imds = self.services.imds
        self.assertEqual(imds("/latest/meta-data/instance-id")[0], 401)
        self.assertEqual(imds("/latest/meta-data/", headers={"X-aws-ec2-metadata-token": "QUJD"})[0], 401)
        ttl = {"X-aws-ec2-metadata-token-ttl-seconds": "60"}
        self.assertEqual(imds("/latest/api/token", "PUT", {**ttl, "X-Forwarded-For": "1.2.3.4"})[0], 403)
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


@unittest.skipUnless(PROGRAM.exists(), f"{PROGRAM} is not built")
@unittest.skipIf(boto3 is None, "no boto3: apt install python3-boto3")
class Crash(unittest.TestCase):
    def test_kill_in_the_middle_of_a_put(self):
        with tempfile.TemporaryDirectory() as directory:
            services = Services(directory)
            s3 = services.client("s3", signature_version="s3v4")
            s3.put_object(Bucket="artifacts", Key="k", Body=b"old")
            role = services.role()
            url = s3.generate_presigned_url("put_object", {"Bucket": "artifacts", "Key": "k"})
            path = url.removeprefix(services.url)
            with socket.create_connection(("127.0.0.1", services.port), 5) as connection:
                head = f"PUT {path} HTTP/1.1\r\nHost: 127.0.0.1:{services.port}\r\nContent-Length: 1000000\r\n\r\n"
                connection.sendall(head.encode() + b"n" * 500_000)
                drafts = pathlib.Path(directory) / "data/objects/blobs/tmp"
                deadline = time.monotonic() + 10
                while not any(file.stat().st_size > 100_000 for file in drafts.iterdir()):
                    self.assertLess(time.monotonic(), deadline)
                    time.sleep(0.01)
                services.kill()
            services = Services(directory)
            got = services.client("s3").get_object(Bucket="artifacts", Key="k")
            self.assertEqual(got["Body"].read(), b"old")
            self.assertEqual(list(drafts.iterdir()), [])
            who = services.client("sts", role).get_caller_identity()
            self.assertIn("assumed-role/was", who["Arn"])
            self.assertEqual(services.stop(), 0)


@unittest.skipUnless(PROGRAM.exists(), f"{PROGRAM} is not built")
@unittest.skipIf(shutil.which("openssl") is None or shutil.which("curl") is None, "no openssl or curl")
class Tls(unittest.TestCase):
    def test_virtual_hosts(self):
        with tempfile.TemporaryDirectory() as directory:
            cert, key = f"{directory}/cert.pem", f"{directory}/key.pem"
            names = f"DNS:*.s3.{REGION}.amazonaws.com,DNS:s3.{REGION}.amazonaws.com,DNS:truststore.pki.rds.amazonaws.com"
            subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                            "-nodes", "-keyout", key, "-out", cert, "-days", "1", "-subj", "/CN=lab",
                            "-addext", f"subjectAltName={names}"], check=True, capture_output=True)
            services = Services(directory, (cert, key))

            def curl(host, path, *options):
                config = f'user = "{services.owner["AccessKeyId"]}:{services.owner["SecretAccessKey"]}"\n'
                return subprocess.run(
                    ["curl", "--config", "-", "-sSf", "--cacert", cert, "--max-time", "10",
                     "--resolve", f"{host}:{services.port}:127.0.0.1", *options,
                     f"https://{host}:{services.port}{path}"], input=config.encode(), capture_output=True)

            signed = ("--aws-sigv4", f"aws:amz:{REGION}:s3", "-H")
            body = b"over tls"
            put = curl(f"guarded.s3.{REGION}.amazonaws.com", "/a/b", *signed,
                       f"x-amz-content-sha256: {hashlib.sha256(body).hexdigest()}",
                       "-X", "PUT", "--data-binary", body.decode())
            self.assertEqual(put.returncode, 0, put.stderr)
            got = curl(f"s3.{REGION}.amazonaws.com", "/guarded/a/b", *signed,
                       f"x-amz-content-sha256: {EMPTY_SHA256}")
            self.assertEqual((got.returncode, got.stdout), (0, body), got.stderr)
            bundle = curl("truststore.pki.rds.amazonaws.com", "/global/global-bundle.pem")
            self.assertEqual(bundle.stdout, b"the bundle", bundle.stderr)
            self.assertEqual(services.stop(), 0)


if __name__ == "__main__":
    unittest.main()
