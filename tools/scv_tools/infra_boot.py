"""Boots the two tiers' user data in namespaces of their own, on an overlay of this machine's file
system, against a stand-in of AWS: what Terraform renders really installs and serves."""

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

from scv_tools import infra_aws_stand_in as aws
from scv_tools.tree import ROOT

BOOT_SECONDS_MAX = 60
_WANTED = ("terraform", "unshare", "ip", "openssl", "nginx", "curl", "setpriv")
_PROBE = """mount -t tmpfs tmpfs /mnt && mkdir /mnt/upper /mnt/work /mnt/root &&
mount -t overlay overlay -o lowerdir=/usr,upperdir=/mnt/upper,workdir=/mnt/work,userxattr /mnt/root
"""


def missing() -> str:
    """Why this machine cannot do it; "" when it can."""
    absent = [name for name in _WANTED if shutil.which(name, path=os.environ["PATH"] + ":/usr/sbin")
              is None]
    if absent:
        return f"needs {', '.join(absent)}"
    if not (ROOT / "build/artifacts/manifest.json").is_file():
        return "needs the packages: tools/package/build_packages"
    if subprocess.run(["python3", "-c", "import botocore"], capture_output=True,
                      check=False).returncode:
        return "needs python3-botocore, to verify signatures"
    return missing_namespaces()


def missing_namespaces() -> str:
    """Why this machine cannot make the namespaces; "" when it can."""
    probe = subprocess.run([*_unshare(), "sh", "-c", _PROBE], capture_output=True, text=True,
                           check=False)
    return "" if probe.returncode == 0 else (
        f"this machine allows no namespaces with overlays: {probe.stderr.strip()}")


def _unshare() -> list[str]:
    rootless = [] if os.geteuid() == 0 else ["--map-root-user"]
    return ["unshare", *rootless, "--net", "--mount", "--pid", "--uts", "--fork", "--mount-proc",
            "--kill-child"]


def render(tier: str, sha256: str | None = None, further: dict | None = None,
           agent: bool = False) -> str:
    """The user data of a tier, by Terraform, for the newest release (or with another hash), with
    further arguments of the module, with the CloudWatch agent or without."""
    manifest = json.loads((ROOT / "build/artifacts/manifest.json").read_text())
    package = manifest["packages"]["memo" if tier == "was" else "memo-web"]
    settings = {
        "web": {"BACK_HOST": aws.BACK_HOST, "API_HOST": aws.API_HOST, "WEB_PORT": "8081"},
        "was": {"DB_HOST": "db.scv.localhost", "DB_PORT": "3306", "DB_NAME": "memo",
                "DB_SECRET_ID": f"arn:aws:secretsmanager:{aws.REGION}:123456789012:secret:x-abcdef",
                "DB_REPLICA_HOST": "replica.scv.localhost", "DB_REPLICA_PORT": "3306",
                "GLOBAL_FALLBACK": "region",
                "PEER_REGION": aws.PEER_REGION, "WAS_PORT": "8080", "PROXY_HOPS": "3",
                "LOG_LEVEL": "info", "SIGNUP": "open"},
    }[tier]
    call = {"module": {"it": {
        "source": str(ROOT / "infra/terraform/modules/user_data"), "tier": tier,
        "region": aws.REGION, "dns_suffix": "amazonaws.com", "settings": settings, "deadline": 20,
        "artifact": {"bucket": aws.BUCKET, "key": package["key"],
                     "sha256": sha256 or package["sha256"]},
        **(further or {}),
    }}, "output": {"it": {"value": "${module.it.script}"}}}
    if agent:
        call["module"]["it"]["when_ended"] = "${module.agent.script}"
        call["module"]["agent"] = {
            "source": str(ROOT / "infra/terraform/modules/monitoring_agent"), "tier": tier,
            "group": f"scv-{tier}", "namespace": "scv/instances", "interval": 60,
            "log_groups": {kind: f"/scv/{kind}" for kind in ("memo", "nginx", "boot")},
            "package": {"version": "latest", "fingerprint": "0" * 40}}
    environment = {**os.environ, "CHECKPOINT_DISABLE": "1", "TF_CLI_CONFIG_FILE": os.devnull}
    environment.pop("TF_REATTACH_PROVIDERS", None)
    with tempfile.TemporaryDirectory() as directory:
        Path(directory, "main.tf.json").write_text(json.dumps(call))
        for arguments in (["init"], ["apply", "-auto-approve"]):
            subprocess.run(["terraform", *arguments, "-no-color", "-input=false"], cwd=directory,
                           env=environment, check=True, capture_output=True, timeout=60)
        return subprocess.run(["terraform", "output", "-raw", "it"], cwd=directory, check=True,
                              env=environment, capture_output=True, text=True, timeout=60).stdout


def make_certificates(directory: Path) -> None:
    """What the stand-in of AWS proves itself with."""
    names = ",".join(f"DNS:{host}" for host in (aws.S3_HOST, aws.TRUST_HOST,
                                               aws.BACK_HOST, aws.API_HOST, aws.AGENT_HOST,
                                               aws.SECRETS_HOST))
    quiet = {"check": True, "capture_output": True, "cwd": directory, "timeout": 30}
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    subprocess.run(["openssl", "req", "-x509", *curve, "-keyout", "ca.key", "-out", "ca.pem",
                    "-subj", "/CN=stand-in", "-days", "2"], **quiet)
    subprocess.run(["openssl", "req", "-x509", *curve, "-keyout", "leaf.key", "-out", "leaf.pem",
                    "-subj", "/CN=aws", "-addext", f"subjectAltName={names}", "-CA", "ca.pem",
                    "-CAkey", "ca.key", "-days", "2"], **quiet)
    tls = (directory / "leaf.pem").read_text() + (directory / "leaf.key").read_text()
    (directory / "tls.pem").write_text(tls)


def boot(tier: str, checks: str, sha256: str | None = None,
         prepare: Callable[[Path], dict] | None = None) -> subprocess.CompletedProcess:
    """Boots the tier, then runs `checks` (a shell script) inside. All of it ends with the call.
    `prepare` may put objects into published/, what the instance finds in /tmp into instance/, and
    AWS's agents into agent/; it returns further arguments of the module user_data."""
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        directory.chmod(0o755)
        make_certificates(directory)
        (directory / "objects").symlink_to(ROOT / "build/artifacts")
        for extra in ("published", "instance", "agent"):
            (directory / extra).mkdir()
        further = prepare(directory) if prepare else None
        (directory / "user_data").write_text(render(tier, sha256, further))
        (directory / "checks").write_text(checks)
        return run_inside(directory, BOOT_SECONDS_MAX)


def run_inside(directory: Path, seconds_max: int) -> subprocess.CompletedProcess:
    """Runs directory/user_data, then directory/checks, on an instance with the stand-in of AWS."""
    environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8",
                   "PYTHONPATH": str(ROOT / "tools"), "STAND_IN": str(directory),
                   "SERVER": aws.__file__, "HOSTS": " ".join(
                       (aws.S3_HOST, aws.TRUST_HOST, aws.BACK_HOST, aws.AGENT_HOST,
                        aws.SECRETS_HOST))}
    return subprocess.run(
        [*_unshare(), "sh", str(Path(__file__).with_name("infra_boot_inside.sh"))],
        env=environment, capture_output=True, text=True, check=False, timeout=seconds_max)
