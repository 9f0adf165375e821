"""All style rules by name, and the exceptions that have a reason."""

import subprocess
from collections.abc import Callable
from pathlib import Path

from scv_tools import leak_rules, style_rules, tree
from scv_tools.style_rules import Problem, Tree

EXCEPTIONS = Path("tools/style_exceptions.txt")
ALLOWED_HOSTS = Path("tools/allowed_hosts.txt")


def clang_format(texts: Tree) -> list[Problem]:
    files = [path for path in texts if path.suffix in tree.CPP]
    if not files:
        return []
    run = subprocess.run(["clang-format", "--dry-run", "--Werror", *map(str, files)],
                         cwd=tree.ROOT, capture_output=True, text=True, check=False)
    found: dict[Path, int] = {}
    for line in run.stderr.splitlines():
        name, *rest = line.split(":")
        if len(rest) >= 3 and Path(name) in texts and rest[2].strip() == "error":
            found.setdefault(Path(name), int(rest[0]))
    if run.returncode != 0 and not found:
        return [Problem(Path("."), 0, f"clang-format: {run.stderr.strip()[:500]}")]
    return [Problem(path, line, "not formatted; ./scv fmt") for path, line in found.items()]


def shellcheck(texts: Tree) -> list[Problem]:
    scripts = [str(path) for path, text in texts.items() if tree.is_shell(path, text)]
    run = subprocess.run(["shellcheck", "--format=gcc", *scripts], cwd=tree.ROOT,
                         capture_output=True, text=True, check=False)
    problems = []
    for line in run.stdout.splitlines():
        name, number, _, message = line.split(":", 3)
        problems.append(Problem(Path(name), int(number), message.strip()))
    if run.returncode != 0 and not problems:
        problems.append(Problem(Path("."), 0, f"shellcheck: {run.stderr.strip()[:500]}"))
    return problems


def hosts(texts: Tree) -> list[Problem]:
    allowed = leak_rules.read_allowed_hosts((tree.ROOT / ALLOWED_HOSTS).read_text())
    return leak_rules.hosts(texts, allowed)


RULES: dict[str, Callable[[Tree], list[Problem]]] = {
    "format": clang_format,
    "shellcheck": shellcheck,
    "line-length": style_rules.line_length,
    "file-length": style_rules.file_length,
    "function-length": style_rules.function_length,
    "whitespace": style_rules.whitespace,
    "file-names": style_rules.file_names,
    "banned-names": style_rules.banned_names,
    "headers": style_rules.headers,
    "secrets": leak_rules.secrets,
    "hosts": hosts,
    "machine-paths": leak_rules.machine_paths,
    "lock-files": leak_rules.lock_files,
}


def read_exceptions(text: str) -> dict[tuple[str, Path], int]:
    """(rule, path) -> the line of the exceptions file. Without a reason it is not an exception."""
    exceptions = {}
    for number, line in enumerate(text.splitlines(), start=1):
        words = line.split("#")[0].split(maxsplit=2)
        if len(words) == 3:
            exceptions[(words[0], Path(words[1]))] = number
        elif words:
            raise ValueError(f"{EXCEPTIONS}:{number}: must be RULE PATH REASON")
    return exceptions


def apply_exceptions(found: dict[str, list[Problem]],
                     exceptions: dict[tuple[str, Path], int]) -> dict[str, list[Problem]]:
    left, used = {}, set()
    for rule, problems in found.items():
        left[rule] = [p for p in problems if (rule, p.path) not in exceptions]
        used |= {(rule, p.path) for p in problems}
    for (rule, path), line in exceptions.items():
        if rule in found and (rule, path) not in used:
            left[rule].append(Problem(EXCEPTIONS, line, f"'{rule} {path}' is needed no more"))
    return left


def check(rules: list[str]) -> dict[str, list[Problem]]:
    texts = tree.read_tree()
    found = {rule: RULES[rule](texts) for rule in rules}
    return apply_exceptions(found, read_exceptions((tree.ROOT / EXCEPTIONS).read_text()))
