"""What a boot script does when it ends, to install the CloudWatch agent: only what AWS's key has
signed is installed, and nothing that goes wrong in it ends the boot."""

import hashlib
import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from scv_tools.tree import ROOT

SCRIPT = ROOT / "infra/terraform/modules/monitoring_agent/cloudwatch.sh"
# What boot.sh has before it, and what would change this machine replaced.
AROUND = """set -eu
say() {{ echo "boot: $*"; }}
die() {{ say "FAILED: $*"; exit 1; }}
retry() {{ what=$1; shift; "$@" || die "$what: gave up"; }}
need_command() {{ command -v "$1" >/dev/null; }}
curl() {{ for to; do from=$to; done; while [ "$1" != -o ]; do shift; done
  cp "{site}/${{from##*/}}" "$2"; }}
dpkg() {{ echo amd64; }}
work={work} REGION=ap-northeast-2 DNS_SUFFIX=amazonaws.com BOOT_DEADLINE=10
CLOUDWATCH_VERSION=latest CLOUDWATCH_FINGERPRINT={fingerprint} CLOUDWATCH_SHA256={sha256}
. {script}
write_log_files() {{ say "log files"; {log_files}; }}
start_cloudwatch_agent() {{ say "agent starts"; }}
has_systemd() {{ true; }}
say "the service has started"
exit {code}
"""


@unittest.skipUnless(shutil.which("gpg"), "needs gpg")
class Agent(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.directory = tempfile.TemporaryDirectory()
        top = Path(cls.directory.name)
        cls.site, home = top / "site", top / "home"
        cls.site.mkdir()
        home.mkdir(mode=0o700)
        cls.gpg = ["gpg", "--homedir", str(home), "--batch", "--quiet", "--passphrase", ""]
        cls.addClassCleanup(cls.directory.cleanup)
        cls.addClassCleanup(subprocess.run, ["gpgconf", "--homedir", str(home), "--kill", "all"],
                            check=False, capture_output=True)
        cls.keys = [cls.make_key(name) for name in ("Right", "Wrong")]
        (cls.site / "amazon-cloudwatch-agent.deb").write_bytes(b"a package")
        keys = subprocess.run([*cls.gpg, "--export", *cls.keys], check=True, capture_output=True)
        (cls.site / "amazon-cloudwatch-agent.gpg").write_bytes(keys.stdout)

    @classmethod
    def make_key(cls, name: str) -> str:
        subprocess.run([*cls.gpg, "--quick-generate-key", name, "ed25519", "sign", "1d"],
                       check=True, capture_output=True, timeout=60)
        listed = subprocess.run([*cls.gpg, "--with-colons", "--list-keys", name], check=True,
                                capture_output=True, text=True).stdout
        return next(line for line in listed.splitlines() if line.startswith("fpr")).split(":")[9]

    def boot(self, signed_by: int = 0, sha256: str = "", package: bytes = b"a package",
             log_files: str = "true", code: int = 0) -> str:
        deb = self.site / "amazon-cloudwatch-agent.deb"
        deb.write_bytes(b"a package")
        subprocess.run([*self.gpg, "--yes", "--local-user", self.keys[signed_by], "--detach-sign",
                        str(deb)], check=True, capture_output=True, timeout=60)
        deb.write_bytes(package)
        with tempfile.TemporaryDirectory() as work:
            script = AROUND.format(site=self.site, work=work, fingerprint=self.keys[0],
                                   sha256=sha256, script=SCRIPT, log_files=log_files, code=code)
            done = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=False,
                                  timeout=60, env={"PATH": os.environ["PATH"]})
            self.assertFalse(Path(work).exists(), "the boot clears up behind itself")
            Path(work).mkdir()
        self.assertEqual(done.returncode, code, done.stderr)
        self.assertTrue(done.stdout.startswith("boot: the service has started\n"), done.stdout)
        return done.stdout

    def setUp(self):
        for name in ("deb", "deb.sig"):
            (self.site / f"amazon-cloudwatch-agent.{name}").unlink(missing_ok=True)

    def test_what_the_right_key_has_signed_is_installed(self):
        self.assertIn("boot: agent starts", self.boot())
        digest = hashlib.sha256(b"a package").hexdigest()
        self.assertIn("boot: agent starts", self.boot(sha256=digest))

    def test_what_another_key_has_signed_is_not(self):
        said = self.boot(signed_by=1)
        self.assertIn("FAILED: the CloudWatch agent is not what", said)
        self.assertNotIn("agent starts", said)

    def test_another_package_under_the_signature_is_not(self):
        self.assertNotIn("agent starts", self.boot(package=b"another"))

    def test_another_version_than_the_pinned_one_is_not(self):
        self.assertNotIn("agent starts", self.boot(sha256="0" * 64))

    def test_a_boot_that_failed_is_watched_and_has_failed(self):
        self.assertIn("boot: agent starts", self.boot(code=3))

    def test_a_failure_is_said_and_the_boot_goes_on(self):
        said = self.boot(log_files="return 1")
        self.assertIn("FAILED: the service's logs do not reach files", said)
        self.assertIn("this instance is without a CloudWatch agent", said)
        self.assertNotIn("agent starts", said)


if __name__ == "__main__":
    unittest.main()
