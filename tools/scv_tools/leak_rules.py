"""What must never be in the tree: secrets, paths of somebody's machine, hosts nobody agreed on."""

import json
import re
from pathlib import Path
from urllib.parse import urlsplit

from scv_tools.style_rules import Problem, Tree
from scv_tools.tree import ROOT

_SECRETS = [
    (re.compile(r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----\s*\n\s*[A-Za-z0-9+/]"), "a private key"),
    (re.compile(r"\b(?:AKIA|ASIA)(?!IOSFODNN7EXAMPLE|[A-Z0-9]*EXAMPLE)[A-Z0-9]{16}\b"),
     "an AWS access key"),
    (re.compile(r"\b(?:ghp|gho|ghs|github_pat)_[A-Za-z0-9_]{30,}"), "an access token"),
    (re.compile(r"\bxox[abprs]-[A-Za-z0-9-]{10,}"), "an access token"),
    (re.compile(r"\b(?:_authToken|npm_token)\s*=", re.IGNORECASE), "a registry credential"),
]

_URL = re.compile(r"\b(?:https?|wss?|ftp|git|ssh)://[^\s\"'`<>)\]}|\\,;]+")
_RESERVED = re.compile(r"(?:^|\.)(?:example|test|invalid|localhost|internal)$"
                       r"|(?:^|\.)example\.(?:com|org|net)$")
_ADDRESS = re.compile(r"^(?:\d{1,3}(?:\.\d{1,3}){3}|\[?[0-9a-f:]*:[0-9a-f:.]*\]?)$")
_PLACEHOLDER = re.compile(r"[$%{}*]|^$")
_HOME = re.compile(r"(?<![\w.~/-])/(?:root|home/[a-z][\w-]*|Users/[A-Za-z][\w-]*)/[\w.]")


def read_allowed_hosts(text: str) -> set[str]:
    return {line.split("#")[0].strip() for line in text.splitlines()} - {""}


def secrets(tree: Tree) -> list[Problem]:
    return [
        Problem(path, text.count("\n", 0, match.start()) + 1, f"{what} must not be in the tree")
        for path, text in tree.items()
        for pattern, what in _SECRETS
        for match in pattern.finditer(text)
    ]


def hosts(tree: Tree, allowed: set[str]) -> list[Problem]:
    """Every URL names a reserved or local name, or a host of tools/allowed_hosts.txt."""
    problems = []
    for path, text in tree.items():
        if path.name == "package-lock.json":
            continue
        for match in _URL.finditer(text):
            host = _host_of(match.group(0))
            if host is None or _is_harmless(host) or host in allowed:
                continue
            line = text.count("\n", 0, match.start()) + 1
            problems.append(Problem(path, line, f"host '{host}' is not in tools/allowed_hosts.txt"))
    return problems


def _host_of(url: str) -> str | None:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return None


def _is_harmless(host: str) -> bool:
    return bool("." not in host or _RESERVED.search(host) or _ADDRESS.match(host)
                or _PLACEHOLDER.search(host))


def machine_paths(tree: Tree, root: Path = ROOT) -> list[Problem]:
    """No home directory, and not the place where this checkout happens to be."""
    patterns = [_HOME]
    if len(root.parts) > 2:
        patterns.append(re.compile(rf"(?<![\w.-]){re.escape(str(root))}(?![\w-])"))
    return [
        Problem(path, text.count("\n", 0, match.start()) + 1, "a path of one machine")
        for path, text in tree.items()
        for pattern in patterns
        for match in pattern.finditer(text)
    ]


def lock_files(tree: Tree) -> list[Problem]:
    """Lock files pin by integrity, and name no place to download from."""
    problems = []
    for path, text in tree.items():
        if path.name != "package-lock.json":
            continue
        for name, package in json.loads(text).get("packages", {}).items():
            if "resolved" in package and not package.get("link"):
                problems.append(Problem(path, 1, f"{name} has 'resolved'; see .npmrc"))
            if name.startswith("node_modules/") and not package.get("link") and (
                "integrity" not in package
            ):
                problems.append(Problem(path, 1, f"{name} has no integrity"))
    return problems
