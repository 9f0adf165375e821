"""Boots the VPN's user data in namespaces and lets real OpenVPN clients in: who has a certificate
reaches a private instance and nothing else, who was revoked reaches nothing."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from scv_tools import infra_aws_stand_in as aws
from scv_tools import infra_boot
from scv_tools.tree import ROOT

MODULES = ROOT / "infra/terraform/modules"
SECONDS_MAX = 60
# Not the usual port: a profile has to name the one that the server has.
SETTINGS = {"REGION": aws.REGION, "DNS_SUFFIX": "amazonaws.com", "BOOT_DEADLINE": "20",
            "SECRET_ID": "scv/vpn", "CLIENTS": "10.250.0.0/24", "VPC": "10.10.0.0/16",
            "PORT": "1195", "DOMAIN": "internal.example.com"}
ADDRESS = "198.51.100.1"
_WANTED = ("openvpn", "nft", "ip", "unshare", "openssl", "curl", "setpriv", "sysctl")
# What `pki publish` calls: keeps what the secret would hold, and lets nobody see it in a command.
_AWS = """#!/bin/sh
set -eu
[ "$1 $2 $3 $4" = "secretsmanager put-secret-value --secret-id scv/vpn" ] || exit 64
while [ "$1" != --secret-string ]; do shift; done
cp "${2#file://}" "$PUBLISHED"
"""


def missing() -> str:
    """Why this machine cannot do it; "" when it can."""
    path = os.environ["PATH"] + ":/usr/sbin:/sbin"
    absent = [name for name in _WANTED if shutil.which(name, path=path) is None]
    if absent:
        return f"needs {', '.join(absent)}"
    if os.geteuid() != 0:
        return "needs root: OpenVPN gives up its rights for those of nobody"
    if not Path("/dev/net/tun").exists():
        return "needs /dev/net/tun"
    return infra_boot.missing_namespaces()


def script() -> str:
    """The user data as the module renders it, with settings of the test."""
    return "\n".join(["#!/bin/sh", *(f"{name}='{value}'" for name, value in SETTINGS.items()),
                      (MODULES / "user_data/boot.sh").read_text(),
                      (MODULES / "vpn/boot.sh").read_text()])


def settings_of(rendered: str) -> set[str]:
    """What a rendered script begins with."""
    return {line.split("=")[0] for line in rendered.split("set -eu")[0].splitlines()
            if line[:1].isupper()}


class _Keys:
    """An authority by infra/vpn/pki, and what each publishing put into the secret."""

    def __init__(self, directory: Path):
        self._directory = directory / "pki"
        self._secrets = directory / "secrets"
        self._secrets.mkdir()
        commands = directory / "commands"
        commands.mkdir()
        (commands / "aws").write_text(_AWS)
        (commands / "aws").chmod(0o755)
        self._path = f"{commands}:{os.environ['PATH']}"

    def pki(self, *words: str, published: Path | None = None) -> None:
        environment = {**os.environ, "PATH": self._path, "PUBLISHED": str(published)}
        done = subprocess.run([ROOT / "infra/vpn/pki", "--dir", self._directory, *words],
                              env=environment, capture_output=True, text=True, timeout=30,
                              check=False)
        if done.returncode:
            raise RuntimeError(f"infra/vpn/pki {words[0]}: {done.stderr}")

    def publish(self, number: int) -> None:
        self.pki("publish", "scv/vpn", published=self._secrets / f"{number}.json")

    def profile(self, name: str) -> str:
        return (self._directory / "clients" / f"{name}.ovpn").read_text()


def _stranger(profile: str, other: str) -> str:
    """The profile of another authority's client, with this one's tls-crypt key and authority: all
    that a client can have without a certificate."""
    def part(text: str, name: str) -> str:
        return text[text.index(f"<{name}>"):text.index(f"</{name}>")]

    for name in ("cert", "key"):
        profile = profile.replace(part(profile, name), part(other, name))
    return profile


def _issue(directory: Path, instance: Path) -> None:
    """Profiles for kim, lee and a stranger into `instance`; what the server reads one after
    another into directory/secrets."""
    keys = _Keys(directory)
    keys.pki("init")
    for client in ("kim", "lee"):
        keys.pki("client", client, ADDRESS, SETTINGS["PORT"])
        (instance / f"{client}.ovpn").write_text(keys.profile(client))
    (directory / "other").mkdir()
    others = _Keys(directory / "other")
    others.pki("init")
    others.pki("client", "kim", ADDRESS, SETTINGS["PORT"])
    (instance / "stranger.ovpn").write_text(
        _stranger(keys.profile("kim"), others.profile("kim")))
    # The server's first look, a second with no news, and what it finds after that.
    keys.publish(1)
    shutil.copy(directory / "secrets/1.json", directory / "secrets/2.json")
    keys.pki("revoke", "kim")
    keys.publish(3)


def boot() -> subprocess.CompletedProcess:
    """All of it, in namespaces that end with the call; infra_vpn_checks.sh says what is seen."""
    here = Path(__file__)
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        directory.chmod(0o755)
        infra_boot.make_certificates(directory)
        instance = directory / "instance"
        instance.mkdir()
        _issue(directory, instance)
        (instance / "vpn.sh").write_text(script())
        shutil.copy(here.with_name("infra_vpn_systemctl.sh"), instance / "systemctl")
        for program in ("vpn.sh", "systemctl"):
            (instance / program).chmod(0o755)
        (directory / "user_data").write_text(
            "#!/bin/sh\ncp /tmp/systemctl /usr/local/sbin/ && exec /tmp/vpn.sh\n")
        shutil.copy(here.with_name("infra_vpn_checks.sh"), directory / "checks")
        return infra_boot.run_inside(directory, SECONDS_MAX)
