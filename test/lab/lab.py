"""A lab of its own for the tests: started by the same command that people use, on free ports, in a
directory of its own, and gone afterwards."""

import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import tempfile
import threading
import time
import urllib.parse
import uuid
from email.message import Message
from http.client import HTTPException, HTTPSConnection
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CLI = ROOT / "build/release/src/cli/scv"
INIT = ROOT / "build/release/src/world/linux/scv-lab-init"
DOMAIN = "scv.localhost"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def why_not(terraform: bool = True) -> str | None:
    """Why no lab can run on this machine (with Terraform, or without); None: it can."""
    if not CLI.exists() or not INIT.exists():
        return "the lab is not built"
    if terraform and shutil.which("terraform") is None:
        return "Terraform is not installed (Debian does not ship it)"
    probe = subprocess.run([INIT, "--probe"], capture_output=True, text=True,
                           timeout=30, check=False)
    if probe.returncode != 0:
        return f"this machine does not allow namespaces: {probe.stdout or probe.stderr}".strip()
    missing = [name for name in ("haproxy", "nginx", "mariadbd", "pdns_server")
               if shutil.which(name, path=os.environ["PATH"] + ":/usr/sbin") is None]
    return f"not installed: {', '.join(missing)}" if missing else None


class Elsewhere:
    """A mount namespace of its own, in which `commands` have been run. It lasts as long as this
    object and what was started inside."""

    def __init__(self, *commands: str) -> None:
        own = ["unshare", "-m"] if os.geteuid() == 0 else ["unshare", "-Urm"]
        script = " && ".join([*commands, "echo ready", "exec cat"])
        self.holder = subprocess.Popen([*own, "--propagation", "private", "sh", "-c", script],
                                       stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        if self.holder.stdout.readline() != "ready\n":
            self.close()
            raise AssertionError(f"a mount namespace cannot be prepared: {script}")
        self.prefix = ["nsenter", "-t", str(self.holder.pid), "-m", f"--wd={ROOT}"]
        if os.geteuid() != 0:
            self.prefix += ["-U", "--preserve-credentials"]
        self.prefix.append("--")

    def run(self, *command: str) -> subprocess.CompletedProcess:
        return subprocess.run([*self.prefix, *command], capture_output=True, text=True,
                              timeout=60, check=False)

    def seen(self, path: Path) -> Path:
        """The same file, as a path outside."""
        return Path(f"/proc/{self.holder.pid}/root") / path.relative_to("/")

    def close(self) -> None:
        self.holder.stdin.close()
        self.holder.wait(30)
        self.holder.stdout.close()


class Lab:
    """`prefix` goes before every command; `seen` is the state directory as this process sees it."""

    def __init__(self, state: Path | None = None, prefix: list[str] | None = None) -> None:
        self.state = state or Path(tempfile.mkdtemp(prefix="scv-lab-"))
        self.seen = self.state
        self.prefix = prefix or []
        self.port = free_port()
        self.environment = {**os.environ, "SCV_ROOT": str(ROOT), "SCV_STATE": str(self.state)}

    def run(self, *arguments: str, seconds: float = 120, check: bool = True,
            text: str | None = None) -> subprocess.CompletedProcess:
        done = subprocess.run([*self.prefix, CLI, *arguments], env=self.environment,
                              capture_output=True, text=True, timeout=seconds, check=False,
                              input=text)
        if check and done.returncode != 0:
            raise AssertionError(f"scv {' '.join(arguments)} ended with {done.returncode}:\n"
                                 f"{done.stdout}{done.stderr}")
        return done

    def up(self, *arguments: str, regions: tuple[str, ...] = ("alone",)) -> dict:
        """One region unless two are asked for: what is above them comes with the second."""
        chosen = [word for region in regions for word in ("--region", region)]
        return json.loads(self.run("--json", "up", "--port", str(self.port), *chosen, *arguments,
                                   seconds=300).stdout)

    def down(self) -> None:
        self.run("--json", "down", "--auto-approve", seconds=120)

    def end_by_force(self) -> None:
        subprocess.run([*self.prefix, CLI, "--json", "down", "--auto-approve", "--force"],
                       env=self.environment, capture_output=True, timeout=60, check=False)
        shutil.rmtree(self.state, ignore_errors=True)

    def status(self) -> dict:
        return json.loads(self.run("--json", "status").stdout)

    def region(self) -> dict:
        return self.status()["regions"][0]

    def fleet(self, part: str) -> dict:
        return next(f for f in self.region()["fleets"] if part in f["name"])

    def instances(self, part: str, lifecycle: str = "in service") -> list[dict]:
        return [i for i in self.fleet(part)["instances"] if i["lifecycle"] == lifecycle]

    def execute(self, part: str, *command: str, seconds: float = 60,
                text: str | None = None) -> subprocess.CompletedProcess:
        return self.run("exec", part, *command, seconds=seconds, check=False, text=text)

    def record(self) -> dict:
        return json.loads((self.seen / "lab.json").read_text())

    def terraform(self, *arguments: str, seconds: float = 300) -> subprocess.CompletedProcess:
        record = self.record()
        reattach = {"registry.terraform.io/hashicorp/aws": {
            "Protocol": "grpc", "ProtocolVersion": 5, "Pid": record["pid"], "Test": True,
            "Addr": {"Network": "unix", "String": str(self.state / "aws.sock")}}}
        environment = {**self.environment, "TF_REATTACH_PROVIDERS": json.dumps(reattach),
                       "TF_DATA_DIR": str(self.state / "terraform/alone.data"),
                       "CHECKPOINT_DISABLE": "1"}
        chdir = f"-chdir={ROOT / 'infra/terraform'}"
        return subprocess.run([*self.prefix, "terraform", chdir, *arguments], env=environment,
                              capture_output=True, text=True, timeout=seconds, check=False)

    def on_root(self, command: str, *more: str) -> list[str]:
        """The arguments of plan and apply that `scv up` uses."""
        return [command, "-input=false", "-no-color", *more,
                f"-state={self.state / 'terraform/alone.tfstate'}",
                f"-var-file={ROOT / 'infra/examples/lab-alone.tfvars'}",
                f"-var=artifacts_directory={ROOT / 'build/artifacts'}"]

    def host_pids(self) -> set[int]:
        """Every process inside the lab's PID namespace, as the host sees it."""
        space = os.readlink(f"/proc/{self.record()['pid']}/ns/pid")
        found = set()
        for entry in os.listdir("/proc"):
            if not entry.isdigit():
                continue
            try:
                nested = os.readlink(f"/proc/{entry}/ns/pid")
                parent = os.readlink(f"/proc/{entry}/ns/user")
            except OSError:
                continue
            if nested == space or parent and entry == str(self.record()["pid"]):
                found.add(int(entry))
        return found


class Client:
    """One connection to the lab's HTTPS port, with its certificate verified; like a browser it
    connects again when it has to, and repeats what is safe to repeat only when told so."""

    def __init__(self, lab: Lab, host: str = f"www.{DOMAIN}", seconds: float = 15) -> None:
        self.lab, self.host, self.seconds = lab, host, seconds
        self.context = ssl.create_default_context(cafile=str(lab.seen / "root.pem"))
        self.connection: HTTPSConnection | None = None
        self.token: str | None = None

    def _connect(self) -> HTTPSConnection:
        raw = socket.create_connection(("127.0.0.1", self.lab.port), self.seconds)
        connection = HTTPSConnection(self.host, self.lab.port, timeout=self.seconds)
        connection.sock = self.context.wrap_socket(raw, server_hostname=self.host)
        return connection

    def request(self, method: str, path: str, body: object = None,
                headers: dict | None = None) -> tuple[int, Message, bytes]:
        if self.connection is None:
            self.connection = self._connect()
        sent = {"Host": self.host, **(headers or {})}
        if self.token:
            sent["Authorization"] = f"Bearer {self.token}"
        payload = None
        if body is not None:
            payload = json.dumps(body)
            sent["Content-Type"] = "application/json"
        try:
            self.connection.request(method, path, payload, sent)
            answer = self.connection.getresponse()
            content = answer.read()
        except (OSError, HTTPException):
            self.close()
            raise
        if answer.will_close:
            self.close()
        return answer.status, answer.headers, content

    def close(self) -> None:
        if self.connection is not None:
            self.connection.close()
            self.connection = None


def signed_in(lab: Lab) -> Client:
    """A client with an account of its own."""
    client = Client(lab)
    name = "u" + uuid.uuid4().hex[:12]
    status, _, body = client.request("POST", "/api/v1/accounts",
                                     {"username": name, "password": uuid.uuid4().hex})
    if status != 201:
        raise AssertionError(f"sign-up was answered with {status}: {body!r}")
    client.token = json.loads(body)["token"]
    return client


def token_of_someone(lab: Lab) -> str:
    client = signed_in(lab)
    client.close()
    return client.token


class Load:
    """Requests all the time from a few connections, until stopped; counts what failed."""

    def __init__(self, lab: Lab, path: str = "/api/v1/memos", connections: int = 4,
                 host: str = f"www.{DOMAIN}") -> None:
        self.lab, self.path, self.host = lab, path, host
        self.done, self.failures = 0, []
        self.token = token_of_someone(lab)
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._run) for _ in range(connections)]

    def _run(self) -> None:
        client = Client(self.lab, self.host)
        client.token = self.token
        while not self._stop.is_set():
            fault = None
            try:
                status, _, _ = client.request("GET", self.path)
                if status >= 400:
                    fault = f"status {status}"
            except (OSError, HTTPException) as error:
                fault = f"{type(error).__name__}: {error}"
            with self._lock:
                self.done += 1
                if fault and len(self.failures) < 100:
                    self.failures.append(f"{time.time():.3f} {fault}")
        client.close()

    def __enter__(self) -> "Load":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_unused) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()


def wait_for(what: str, condition, seconds: float = 30):
    """The first true value of `condition`, asked again and again until the deadline."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() >= deadline:
            raise AssertionError(f"not within {seconds} s: {what}")
        time.sleep(0.05)


def quote(text: str) -> str:
    return urllib.parse.quote(text, safe="")


def numbers(text: str) -> list[int]:
    return [int(found) for found in re.findall(r"\d+", text)]
