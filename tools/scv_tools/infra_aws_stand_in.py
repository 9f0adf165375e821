"""What a booting instance asks AWS for, on loopback addresses of a namespace: instance metadata
(version 2 only), S3 with verified signatures, RDS's authorities, and a back load balancer.

python3 infra_aws_stand_in.py DIRECTORY: serves DIRECTORY/published and DIRECTORY/objects (S3 keys)
and DIRECTORY/agent (AWS's own bucket, which needs no signature), with DIRECTORY/tls.pem; answers
the n-th reading of a secret with DIRECTORY/secrets/n.json, or the last there is; writes
DIRECTORY/ready when it listens, and one line per request to DIRECTORY/requests.
"""

import json
import ssl
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

METADATA_ADDRESS = ("169.254.169.254", 80)
HTTPS_ADDRESS = ("127.0.0.2", 443)
REGION = "ap-northeast-2"
BUCKET = f"scv-artifacts-123456789012-{REGION}"
S3_HOST = f"{BUCKET}.s3.{REGION}.amazonaws.com"
AGENT_HOST = f"aws-codedeploy-{REGION}.s3.{REGION}.amazonaws.com"
SECRETS_HOST = f"secretsmanager.{REGION}.amazonaws.com"
TRUST_HOST = "truststore.pki.rds.amazonaws.com"
PEER_REGION = "ap-northeast-1"
BACK_HOST = f"internal-scv-back-1.{REGION}.elb.amazonaws.com"
API_HOST = "api.scv.localhost"  # a name of the back load balancer's certificate
INSTANCE = "i-0123456789abcdef0"
# The documentation's example key (docs.aws.amazon.com), which opens nothing.
ACCESS_KEY, SECRET_KEY = "ASIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
SESSION_TOKEN = "IQoJb3JpZ2luX2VjEXAMPLE/token+with=signs"
METADATA_TOKEN = "stand-in-token=="


def signature_is_right(method: str, url: str, headers: dict[str, str], service: str = "s3",
                       body: bytes = b"") -> bool:
    """AWS Signature Version 4, computed again by botocore."""
    from botocore.auth import S3SigV4Auth, SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials

    lower = {name.lower(): value for name, value in headers.items()}
    fields = dict(part.strip().split("=", 1)
                  for part in lower["authorization"].split(" ", 1)[1].split(","))
    signed = fields["SignedHeaders"].split(";")
    needed = {"host", "x-amz-date", "x-amz-security-token"}
    if not needed | ({"x-amz-content-sha256"} if service == "s3" else set()) <= set(signed):
        return False
    request = AWSRequest(method, url, data=body, headers={name: lower[name] for name in signed})
    request.context["timestamp"] = lower["x-amz-date"]
    kind = S3SigV4Auth if service == "s3" else SigV4Auth
    auth = kind(Credentials(ACCESS_KEY, SECRET_KEY, SESSION_TOKEN), service, REGION)
    text = auth.string_to_sign(request, auth.canonical_request(request))
    expected = auth.signature(text, request)
    return (lower["x-amz-security-token"] == SESSION_TOKEN
            and fields["Credential"].startswith(ACCESS_KEY + "/")
            and fields["Signature"] == expected)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    directory = Path()
    failures_left = 1  # the first download fails, so that the retry is seen

    def log_message(self, format, *args):  # noqa: A002 (the base class's name)
        with (self.directory / "requests").open("a") as log:
            log.write(f"{time.monotonic():.3f} {format % args}\n")

    def answer(self, status: int, body: bytes, content_type: str = "text/plain") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Type", content_type)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


class Metadata(Handler):
    def do_PUT(self):  # noqa: N802 (the base class's name)
        fine = self.path == "/latest/api/token" and self.headers.get(
            "X-aws-ec2-metadata-token-ttl-seconds")
        self.answer(200, METADATA_TOKEN.encode()) if fine else self.answer(400, b"")

    def do_GET(self):  # noqa: N802
        if self.headers.get("X-aws-ec2-metadata-token") != METADATA_TOKEN:
            return self.answer(401, b"")
        credentials = {"Code": "Success", "Type": "AWS-HMAC", "AccessKeyId": ACCESS_KEY,
                       "SecretAccessKey": SECRET_KEY, "Token": SESSION_TOKEN,
                       "Expiration": "2099-01-01T00:00:00Z"}
        answers = {
            "/latest/meta-data/instance-id": INSTANCE,
            "/latest/meta-data/iam/security-credentials/": "the-role",
            "/latest/meta-data/iam/security-credentials/the-role":
                json.dumps(credentials, indent=2),
        }
        body = answers.get(self.path)
        return self.answer(404, b"") if body is None else self.answer(200, body.encode())


class Https(Handler):
    readings = 0  # of the secret

    def do_GET(self):  # noqa: N802
        host = self.headers.get("Host", "")
        if host == S3_HOST:
            return self.s3()
        if host == AGENT_HOST:
            return self.file("agent")
        if host == TRUST_HOST and self.path in (
                f"/{region}/{region}-bundle.pem" for region in (REGION, PEER_REGION)):
            return self.answer(200, (self.directory / "ca.pem").read_bytes())
        if self.path.startswith("/api/"):
            said = {"host": host, "forwarded_for": self.headers.get("X-Forwarded-For")}
            return self.answer(200, json.dumps(said).encode(), "application/json")
        return self.answer(404, b"")

    def do_POST(self):  # noqa: N802
        body = self.rfile.read(min(int(self.headers.get("Content-Length", "0")), 65536))
        if (self.headers.get("Host") != SECRETS_HOST
                or self.headers.get("X-Amz-Target") != "secretsmanager.GetSecretValue"):
            return self.answer(404, b"")
        if not signature_is_right("POST", f"https://{SECRETS_HOST}{self.path}",
                                  dict(self.headers), "secretsmanager", body):
            return self.answer(403, b'{"__type":"InvalidSignatureException"}')
        Https.readings += 1
        held = sorted((self.directory / "secrets").iterdir(), key=lambda file: int(file.stem))
        text = held[min(Https.readings, len(held)) - 1].read_text()
        said = {"Name": json.loads(body)["SecretId"], "SecretString": text}
        return self.answer(200, json.dumps(said).encode(), "application/x-amz-json-1.1")

    def s3(self) -> None:
        url = f"https://{S3_HOST}{self.path}"
        if not signature_is_right(self.command, url, dict(self.headers)):
            return self.answer(403, b"<Code>SignatureDoesNotMatch</Code>")
        if Handler.failures_left > 0:
            Handler.failures_left -= 1
            return self.answer(503, b"<Code>SlowDown</Code>")
        return self.file("published", "objects")

    def file(self, *places: str) -> None:
        for place in places:
            path = self.directory / place / self.path.lstrip("/")
            if path.is_file():
                return self.answer(200, path.read_bytes())
        return self.answer(404, b"")


def main() -> None:
    Handler.directory = Path(sys.argv[1])
    metadata = ThreadingHTTPServer(METADATA_ADDRESS, Metadata)
    https = ThreadingHTTPServer(HTTPS_ADDRESS, Https)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(Handler.directory / "tls.pem")
    https.socket = context.wrap_socket(https.socket, server_side=True)
    threading.Thread(target=metadata.serve_forever, daemon=True).start()
    (Handler.directory / "ready").touch()
    https.serve_forever()


if __name__ == "__main__":
    main()
