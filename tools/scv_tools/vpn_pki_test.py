"""infra/vpn/pki with real openssl: who is let in, and who no longer."""

import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from scv_tools.tree import ROOT


@unittest.skipIf(shutil.which("openssl") is None, "openssl is not installed")
class PkiTest(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.directory = Path(holder.name) / "pki"
        self.must("init")

    def pki(self, *words: str) -> subprocess.CompletedProcess:
        return subprocess.run([ROOT / "infra/vpn/pki", "--dir", self.directory, *words],
                              capture_output=True, text=True, timeout=60, check=False)

    def must(self, *words: str) -> str:
        done = self.pki(*words)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def verifies(self, certificate: Path, purpose: str) -> bool:
        return subprocess.run(
            ["openssl", "verify", "-CAfile", self.directory / "ca.pem", "-crl_check", "-CRLfile",
             self.directory / "crl.pem", "-purpose", purpose, certificate],
            capture_output=True, timeout=60, check=False).returncode == 0

    def test_a_client_is_no_server_and_a_revoked_one_is_nobody(self):
        self.must("client", "kim", "vpn.example.com")
        kept = self.directory / "kept.pem"
        shutil.copy(self.directory / "kim.pem", kept)
        self.assertTrue(self.verifies(self.directory / "server.pem", "sslserver"))
        self.assertTrue(self.verifies(kept, "sslclient"))
        self.assertFalse(self.verifies(kept, "sslserver"))
        self.must("revoke", "kim")
        self.assertFalse(self.verifies(kept, "sslclient"))
        self.assertIn("revoked", self.must("list"))

    def test_a_profile_has_all_and_nobody_else_reads_it(self):
        self.must("client", "kim", "vpn.example.com")
        profile = self.directory / "clients/kim.ovpn"
        for part in ("remote vpn.example.com 1194", "<ca>", "<cert>", "<key>", "<tls-crypt>"):
            self.assertIn(part, profile.read_text())
        self.assertEqual(profile.stat().st_mode & 0o077, 0)
        self.assertEqual((self.directory / "ca.key").stat().st_mode & 0o077, 0)
        self.assertFalse((self.directory / "kim.key").exists())

    def test_a_profile_names_the_port_that_the_server_has(self):
        self.must("client", "lee", "vpn.example.com", "443")
        profile = (self.directory / "clients/lee.ovpn").read_text()
        self.assertIn("remote vpn.example.com 443\n", profile)

    def test_refuses_what_would_do_harm(self):
        for words in (("init",), ("client", "server", "a"), ("client", "../x", "a"),
                      ("client", "kim", "a\nup evil"), ("client", "kim", "a", "0"),
                      ("client", "kim", "a", "65536"), ("client", "kim", "a", "1\nup evil"),
                      ("revoke", "nobody"), ("burn",)):
            self.assertEqual(self.pki(*words).returncode, 2, words)


if __name__ == "__main__":
    unittest.main()
