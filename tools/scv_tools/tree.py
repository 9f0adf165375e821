"""The files of the checkout that the checks look at."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

CPP = {".cc", ".h"}
SCRIPTS = {".py", ".sh"}
WEB = {".ts", ".tsx", ".mjs", ".js", ".css"}

# Not ours to format: generated, installed or binary.
SKIPPED_PARTS = {"node_modules", "dist", "build", ".git", ".scv", "__pycache__"}
SKIPPED_PREFIXES = ("test/output/", "test/fuzz/corpus/")
BINARY = {".png", ".ico", ".woff2", ".gz", ".zip"}


def tracked_files(root: Path = ROOT) -> list[Path]:
    """What git tracks or would track, relative to root, sorted. Without git: what is there."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=root,
        capture_output=True,
        check=False,
    )
    if listing.returncode == 0:
        names = [name for name in listing.stdout.decode().split("\0") if name]
    else:
        names = [str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()]
    return sorted(
        Path(name) for name in names if is_ours(Path(name)) and (root / name).is_file()
    )


def is_ours(path: Path) -> bool:
    return not SKIPPED_PARTS.intersection(path.parts) and not str(path).startswith(SKIPPED_PREFIXES)


def is_shell(path: Path, text: str) -> bool:
    first = text.split("\n", 1)[0]
    return path.suffix == ".sh" or (
        path.suffix == "" and first.startswith("#!") and first.rstrip().endswith(("sh", "bash"))
    )


def is_python(path: Path, text: str) -> bool:
    return path.suffix == ".py" or (path.suffix == "" and text.startswith("#!/usr/bin/env python3"))


def read_text(path: Path) -> str | None:
    """The file as text; None when it is not text."""
    if path.suffix in BINARY:
        return None
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None


def read_tree(root: Path = ROOT) -> dict[Path, str]:
    texts = {}
    for path in tracked_files(root):
        text = read_text(root / path)
        if text is not None:
            texts[path] = text
    return texts
