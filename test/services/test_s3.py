#!/usr/bin/env python3
"""S3, called by clients that no one here wrote: boto3 and curl.

Run: python3 test/services/test_s3.py   (needs build/release/src/services/scv-services)
"""
import hashlib
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.error
import urllib.request

sys.dont_write_bytecode = True

from services_program import (  # noqa: E402
    EMPTY_SHA256, NEEDS_BOTO3, NEEDS_PROGRAM, REGION, Case, Services)


@NEEDS_BOTO3
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
        for code, condition in (("InvalidRange", {"Range": "bytes=10-"}),
                                ("304", {"IfNoneMatch": put["ETag"]}),
                                ("PreconditionFailed", {"IfMatch": '"x"'})):
            self.refused(code, self.s3.get_object, Bucket="artifacts", Key="r", **condition)

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
        from boto3.s3.transfer import TransferConfig

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
        copy = self.s3.head_object(Bucket="artifacts", Key="copy")
        self.assertEqual(copy["ContentLength"], len(body))
        upload = self.s3.create_multipart_upload(Bucket="artifacts", Key="gone")
        named = {"Bucket": "artifacts", "Key": "gone", "UploadId": upload["UploadId"]}
        self.s3.upload_part(PartNumber=1, Body=b"x", **named)
        self.assertEqual(len(self.s3.list_parts(**named)["Parts"]), 1)
        self.s3.abort_multipart_upload(**named)
        self.refused("NoSuchUpload", self.s3.list_parts, **named)

    def test_checksums(self):
        # boto3 sends these as an aws-chunked trailer over TLS, as a header over plain HTTP.
        for algorithm in ("CRC32", "SHA256", "SHA1"):
            self.s3.put_object(Bucket="artifacts", Key="sum", Body=b"x",
                               ChecksumAlgorithm=algorithm)
        self.refused("BadDigest", self.s3.put_object, Bucket="artifacts", Key="sum", Body=b"x",
                     ChecksumCRC32="AAAAAA==")

    def test_presigned(self):
        self.s3.put_object(Bucket="artifacts", Key="p", Body=b"presigned")
        sign = self.services.client("s3", signature_version="s3v4").generate_presigned_url
        url = sign("get_object", {"Bucket": "artifacts", "Key": "p"}, ExpiresIn=60)
        with urllib.request.urlopen(url, timeout=5) as answer:
            self.assertEqual(answer.read(), b"presigned")
        for wrong in (url.replace("/p?", "/q?"),
                      url.replace("X-Amz-Expires=60", "X-Amz-Expires=600")):
            with self.assertRaises(urllib.error.HTTPError) as caught:
                urllib.request.urlopen(wrong, timeout=5)
            with caught.exception as answer:
                self.assertEqual(answer.code, 403)
                self.assertIn(b"SignatureDoesNotMatch", answer.read())

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
        got = role.get_object(Bucket="artifacts", Key="memo/1.deb")
        self.assertEqual(got["Body"].read(), b"deb")
        self.refused("AccessDenied", role.get_object, Bucket="artifacts", Key="other")
        self.refused("AccessDenied", role.put_object, Bucket="artifacts", Key="memo/1.deb",
                     Body=b"y")
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
             self.services.url + "/artifacts/memo/c.deb"],
            input=config.encode(), capture_output=True)
        self.assertEqual((done.returncode, done.stdout), (0, b"curl"), done.stderr)


@NEEDS_PROGRAM
@NEEDS_BOTO3
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
                head = (f"PUT {path} HTTP/1.1\r\nHost: 127.0.0.1:{services.port}\r\n"
                        "Content-Length: 1000000\r\n\r\n")
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


@NEEDS_PROGRAM
@unittest.skipIf(None in map(shutil.which, ("openssl", "curl")), "no openssl or curl")
class Tls(unittest.TestCase):
    def test_virtual_hosts(self):
        with tempfile.TemporaryDirectory() as directory:
            cert, key = f"{directory}/cert.pem", f"{directory}/key.pem"
            names = (f"DNS:*.s3.{REGION}.amazonaws.com,DNS:s3.{REGION}.amazonaws.com,"
                     "DNS:truststore.pki.rds.amazonaws.com")
            subprocess.run(
                ["openssl", "req", "-x509", "-newkey", "ec",
                 "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key, "-out", cert,
                 "-days", "1", "-subj", "/CN=lab", "-addext", f"subjectAltName={names}"],
                check=True, capture_output=True)
            services = Services(directory, (cert, key))

            def curl(host, path, *options):
                owner = services.owner
                config = f'user = "{owner["AccessKeyId"]}:{owner["SecretAccessKey"]}"\n'
                return subprocess.run(
                    ["curl", "--config", "-", "-sSf", "--cacert", cert, "--max-time", "10",
                     "--resolve", f"{host}:{services.port}:127.0.0.1", *options,
                     f"https://{host}:{services.port}{path}"],
                    input=config.encode(), capture_output=True)

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
