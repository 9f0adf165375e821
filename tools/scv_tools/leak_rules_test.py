import json
import unittest
from pathlib import Path

from scv_tools import leak_rules


def tree(text: str, path: str = "a.md") -> dict[Path, str]:
    return {Path(path): text}


class LeakTest(unittest.TestCase):
    def test_secrets(self):
        key = "-----BEGIN EC PRIVATE " + "KEY-----\nMHcCAQEEIGx\n"
        for bad in [key, "AKIA" + "Q" * 16, "ghp_" + "a" * 36, "//x/:_auth" + "Token=abc"]:
            self.assertEqual(len(leak_rules.secrets(tree(bad))), 1, bad)
        for good in ["AKIAIOSFODNN7EXAMPLE", "-----BEGIN CERTIFICATE-----\nMII\n"]:
            self.assertEqual(leak_rules.secrets(tree(good)), [], good)

    def test_hosts(self):
        allowed = leak_rules.read_allowed_hosts("# why\nwww.rfc-editor.org  # RFCs\n")
        good = ["https://www.rfc-editor.org/rfc/rfc9457", "http://localhost:8080", "http://[::1]:1",
                "http://127.0.0.1:1/x", "https://evil.example/x", "https://$host/x", "http://db/x",
                "https://secretsmanager.{region}.amazonaws.com"]
        for url in good:
            self.assertEqual(leak_rules.hosts(tree(f"see {url}."), allowed), [], url)
        [problem] = leak_rules.hosts(tree("(https://" + "packages.somewhere.net/x)"), allowed)
        self.assertIn("packages.somewhere.net", problem.message)

    def test_machine_paths(self):
        root = Path("/build/place")
        for bad in ["/ro" + "ot/x", "in /ho" + "me/kim/src", "cd /build/place", "/build/place/src"]:
            self.assertEqual(len(leak_rules.machine_paths(tree(bad), root)), 1, bad)
        for good in ["~/x", "/usr/bin", "/build/placement", "src/root/a", "/home"]:
            self.assertEqual(leak_rules.machine_paths(tree(good), root), [], good)

    def test_lock_files(self):
        def lock(package: dict) -> dict[Path, str]:
            text = json.dumps({"packages": {"node_modules/a": package}})
            return tree(text, "package-lock.json")

        self.assertEqual(leak_rules.lock_files(lock({"integrity": "sha512-x"})), [])
        self.assertEqual(leak_rules.lock_files(lock({"link": True, "resolved": "web"})), [])
        self.assertEqual(len(leak_rules.lock_files(lock({}))), 1)
        self.assertEqual(
            len(leak_rules.lock_files(lock({"integrity": "x", "resolved": "https://a"}))), 1)


if __name__ == "__main__":
    unittest.main()
