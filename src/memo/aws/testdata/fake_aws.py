"""Instance metadata (version 2) and Secrets Manager, as far as the tests of src/memo/aws need them.

Every call to Secrets Manager must carry a signature that botocore, AWS's own SDK, reproduces from
the request as it arrived. Prints "port N" once it listens on loopback; ends when stdin does.
With an argument, speaks TLS with a certificate for 127.0.0.1 that it makes as cert.pem in that
directory.

POST /control sets how it behaves, and answers what it has counted so far:
  {"throttle": n}        the next n calls are refused with ThrottlingException
  {"fail": n}            the next n calls are answered 500
  {"drop": n}            the next n connections are closed without an answer
  {"hang": seconds}      calls are not answered for so long
  {"deny": true}         AccessDeniedException for every call
  {"raw": text}          the answer to every GetSecretValue
  {"metadata": status}   the instance metadata answers every request with this status
  {"void_tokens": true}  forget the metadata tokens handed out
  {"role": name|null}    the instance's role; null: none
  {"role_lifetime": s}   of role credentials handed out from now on; each set has a new key
  {"revoke": true}       forget all role credentials handed out
"""

import datetime
import json
import re
import os
import secrets
import ssl
import subprocess
import sys
import threading
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

REGION = "ap-northeast-2"
KEYS = {
    "AKIDLONGTERM": ("long-term/key+of=tests", None),
    "ASIASESSION": ("session/key+of=tests", "session//token++with==signs" * 40),
}
AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(?P<id>[^/]+)/(?P<date>\d{8})/(?P<region>[^/]+)/(?P<service>[^/]+)"
    r"/aws4_request, ?SignedHeaders=(?P<headers>[^,]+), ?Signature=(?P<signature>[0-9a-f]{64})$"
)


class Refused(Exception):
    def __init__(self, code, message="", status=400):
        super().__init__(code)
        self.status = status
        self.body = {"__type": code, "Message": message}


class State:
    def __init__(self):
        self.lock = threading.Lock()
        self.control = {"role": "memo-instance", "role_lifetime": 6 * 3600}
        self.counts = {"secrets": 0, "verified": 0, "tokens": 0, "role_reads": 0, "unauthorised": 0}
        self.tokens = set()
        self.keys = dict(KEYS)
        self.role_keys = []
        self.role_document = None
        self.secrets = {}  # name -> {"versions": {id: text}, "stages": {label: id}}

    def take(self, name):
        """One of the remaining times that `name` shall happen."""
        left = self.control.get(name, 0)
        if left > 0:
            self.control[name] = left - 1
        return left > 0


STATE = State()


def verify_signature(handler, body):
    """Recomputes the signature with botocore; raises Refused unless it is the same."""
    headers = handler.headers
    match = AUTHORIZATION.match(headers.get("Authorization", ""))
    if not match:
        raise Refused("MissingAuthenticationTokenException")
    if match["id"] not in STATE.keys:
        raise Refused("UnrecognizedClientException", "The security token is invalid")
    secret, token = STATE.keys[match["id"]]
    if token is not None and headers.get("X-Amz-Security-Token") != token:
        raise Refused("UnrecognizedClientException", "The security token is invalid")
    signed = match["headers"].split(";")
    present = {name.lower() for name in headers}
    must = {"host", "content-type"} | {name for name in present if name.startswith("x-amz-")}
    if not must <= set(signed) or not set(signed) <= present or signed != sorted(signed):
        raise Refused("InvalidSignatureException", "these headers must be signed: %s" % must)
    stamp = headers["X-Amz-Date"]
    when = datetime.datetime.strptime(stamp, "%Y%m%dT%H%M%SZ")
    skew = abs((datetime.datetime.utcnow() - when).total_seconds())
    if skew > 300 or not stamp.startswith(match["date"]):
        raise Refused("InvalidSignatureException", "Signature expired")
    if (match["region"], match["service"]) != (REGION, "secretsmanager"):
        raise Refused("InvalidSignatureException", "Credential should be scoped to a valid region")
    request = AWSRequest(
        method=handler.command,
        url="http://%s%s" % (headers["Host"], handler.path),
        data=body,
        headers={name: headers[name] for name in signed},
    )
    request.context["timestamp"] = stamp
    auth = SigV4Auth(Credentials(match["id"], secret, token), "secretsmanager", REGION)
    canonical = auth.canonical_request(request)
    expected = auth.signature(auth.string_to_sign(request, canonical), request)
    if expected != match["signature"]:
        raise Refused("InvalidSignatureException", "The signature does not match")


def get_secret_value(call):
    name = call["SecretId"]
    if name not in STATE.secrets:
        raise Refused("ResourceNotFoundException", "Secrets Manager can't find the secret.")
    secret = STATE.secrets[name]
    stage = call.get("VersionStage", "AWSCURRENT")
    if stage not in secret["stages"]:
        raise Refused("ResourceNotFoundException", "can't find the staging label")
    version = secret["stages"][stage]
    return {
        "ARN": "arn:aws:secretsmanager:%s:123456789012:secret:%s-AbCdEf" % (REGION, name),
        "Name": name,
        "VersionId": version,
        "SecretString": secret["versions"][version],
        "VersionStages": sorted(s for s, v in secret["stages"].items() if v == version),
        "CreatedDate": 1.7e9,
    }


def put_secret_value(call):
    secret = STATE.secrets[call["SecretId"]]
    version = call.get("ClientRequestToken") or str(uuid.uuid4())
    secret["versions"][version] = call["SecretString"]
    for stage in call.get("VersionStages", ["AWSCURRENT"]):
        move_stage(secret, stage, version)
    return {"Name": call["SecretId"], "VersionId": version}


def move_stage(secret, stage, version):
    """AWSPREVIOUS follows AWSCURRENT by itself."""
    if stage == "AWSCURRENT" and stage in secret["stages"]:
        secret["stages"]["AWSPREVIOUS"] = secret["stages"][stage]
    secret["stages"][stage] = version


def create_secret(call):
    STATE.secrets[call["Name"]] = {"versions": {}, "stages": {}}
    return put_secret_value({"SecretId": call["Name"], "SecretString": call["SecretString"]})


def update_secret_version_stage(call):
    secret = STATE.secrets[call["SecretId"]]
    if secret["stages"].get(call["VersionStage"]) != call.get("RemoveFromVersionId"):
        raise Refused("InvalidParameterException", "RemoveFromVersionId has not this label")
    move_stage(secret, call["VersionStage"], call["MoveToVersionId"])
    return {"Name": call["SecretId"]}


ACTIONS = {
    "secretsmanager.CreateSecret": create_secret,
    "secretsmanager.GetSecretValue": get_secret_value,
    "secretsmanager.PutSecretValue": put_secret_value,
    "secretsmanager.UpdateSecretVersionStage": update_secret_version_stage,
}


def role_credentials():
    now = datetime.datetime.utcnow()
    lifetime = STATE.control["role_lifetime"]
    key_id = "ASIAROLE%d" % len(STATE.role_keys)
    STATE.keys[key_id] = (secrets.token_urlsafe(30), secrets.token_urlsafe(600))
    STATE.role_keys.append(key_id)
    return {
        "Code": "Success",
        "LastUpdated": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "Type": "AWS-HMAC",
        "AccessKeyId": key_id,
        "SecretAccessKey": STATE.keys[key_id][0],
        "Token": STATE.keys[key_id][1],
        "Expiration": (now + datetime.timedelta(seconds=lifetime)).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30

    def log_message(self, *args):
        pass

    def answer(self, status, body, kind="application/x-amz-json-1.1"):
        data = body if isinstance(body, bytes) else body.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_PUT(self):
        with STATE.lock:
            forced = STATE.control.get("metadata")
            ttl = self.headers.get("X-aws-ec2-metadata-token-ttl-seconds", "")
            if forced:
                self.answer(forced, "", "text/plain")
            elif self.path != "/latest/api/token" or "X-Forwarded-For" in self.headers:
                self.answer(403, "", "text/plain")
            elif not ttl.isdigit() or not 1 <= int(ttl) <= 21600:
                self.answer(400, "", "text/plain")
            else:
                token = secrets.token_urlsafe(40) + "=="
                STATE.tokens.add(token)
                STATE.counts["tokens"] += 1
                self.answer(200, token, "text/plain")

    def do_GET(self):
        with STATE.lock:
            status, body = self.metadata()
            self.answer(status, body, "text/plain")

    def metadata(self):
        if STATE.control.get("metadata"):
            return STATE.control["metadata"], ""
        if self.headers.get("X-aws-ec2-metadata-token") not in STATE.tokens:
            STATE.counts["unauthorised"] += 1
            return 401, ""
        role = STATE.control["role"]
        credentials = "/latest/meta-data/iam/security-credentials/"
        if self.path == "/latest/meta-data/placement/region":
            return 200, REGION
        if self.path == "/latest/meta-data/placement/availability-zone":
            return 200, REGION + "a"
        if self.path == "/latest/meta-data/instance-id":
            return 200, "i-0123456789abcdef0"
        if role and self.path == credentials:
            return 200, role
        if role and self.path == credentials + role:
            STATE.counts["role_reads"] += 1
            return 200, json.dumps(role_credentials(), indent=2)
        return 404, "<html>not found</html>"

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path == "/control":
            with STATE.lock:
                self.control(json.loads(body))
            return
        with STATE.lock:
            STATE.counts["secrets"] += 1
            hang = STATE.control.get("hang", 0)
            drop = STATE.take("drop")
        if hang:
            ENDING.wait(hang)
        if hang or drop:
            self.close_connection = True
            return
        with STATE.lock:
            try:
                self.answer(200, self.secrets_manager(body))
            except Refused as refused:
                self.answer(refused.status, json.dumps(refused.body))

    def control(self, wanted):
        STATE.control.update(wanted)
        if wanted.get("void_tokens"):
            STATE.tokens.clear()
        if wanted.get("revoke"):
            for key in STATE.role_keys:
                STATE.keys.pop(key, None)
        self.answer(200, json.dumps(STATE.counts))

    def secrets_manager(self, body):
        verify_signature(self, body)
        STATE.counts["verified"] += 1
        if STATE.take("throttle"):
            raise Refused("ThrottlingException", "Rate exceeded")
        if STATE.take("fail"):
            raise Refused("InternalServiceError", "An error occurred", 500)
        if STATE.control.get("deny"):
            raise Refused("AccessDeniedException", "not authorized to perform GetSecretValue")
        target = self.headers["X-Amz-Target"]
        if target.endswith("GetSecretValue") and "raw" in STATE.control:
            return STATE.control["raw"]
        if target not in ACTIONS:
            raise Refused("com.amazon.coral.service#UnknownOperationException")
        return json.dumps(ACTIONS[target](json.loads(body)))


ENDING = threading.Event()


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """A client that gives up, past its deadline or mistrusting us, is no error here."""
        if not isinstance(sys.exc_info()[1], (ConnectionError, ssl.SSLError)):
            super().handle_error(request, client_address)


def tls_context(directory):
    certificate = os.path.join(directory, "cert.pem")
    key = os.path.join(directory, "key.pem")
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2"
    subprocess.run(
        command.split() + ["-subj", "/CN=test", "-addext", "subjectAltName=IP:127.0.0.1"]
        + ["-keyout", key, "-out", certificate],
        check=True,
        stderr=subprocess.DEVNULL,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


def main():
    server = Server(("127.0.0.1", 0), Handler)
    if len(sys.argv) > 1:
        context = tls_context(sys.argv[1])
        server.socket = context.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print("port %d" % server.server_address[1], flush=True)
    sys.stdin.read()
    ENDING.set()


if __name__ == "__main__":
    main()
