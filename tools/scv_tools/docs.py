"""What is checked about the documents: links, commands, options, and procedures that run."""

import re
from dataclasses import dataclass
from pathlib import Path

_FENCE = re.compile(r"^```([^\n]*)\n(.*?)^```\s*$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"(?<!\\)!?\[[^\]]*\]\(<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\)")
_HTML_LINK = re.compile(r"(?:src|srcset|href)=\"([^\"]+)\"")
_HEADING = re.compile(r"^#{1,6}\s+(.*?)\s*#*$", re.MULTILINE)
_COMMAND = re.compile(r"(?<![\w/])\./scv(?:[ \t]+([a-z][\w-]*))?((?:[ \t]+-{1,2}[a-z][\w-]*)*)")


@dataclass(frozen=True)
class Block:
    line: int
    words: tuple[str, ...]
    text: str

    @property
    def is_procedure(self) -> bool:
        """```sh test``` marks what the docs test runs."""
        return self.words[:2] == ("sh", "test")


def blocks(text: str) -> list[Block]:
    return [
        Block(text.count("\n", 0, match.start()) + 1, tuple(match.group(1).split()), match.group(2))
        for match in _FENCE.finditer(text)
    ]


def without_blocks(text: str) -> str:
    blanked = _FENCE.sub(lambda m: re.sub(r"[^\n]", " ", m.group(0)), text)
    return re.sub(r"`[^`\n]*`", lambda m: " " * len(m.group(0)), blanked)


def anchors(text: str) -> set[str]:
    """The anchors that a forge gives the headings."""
    found: dict[str, int] = {}
    result = set()
    code_free = _FENCE.sub("", text)
    for heading in _HEADING.findall(code_free):
        plain = re.sub(r"[`*]|\[|\]\([^)]*\)", "", heading).strip().lower()
        slug = re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")
        count = found.get(slug, 0)
        found[slug] = count + 1
        result.add(f"{slug}-{count}" if count else slug)
    return result


def link_problems(path: Path, text: str, root: Path) -> list[str]:
    problems = []
    code_free = without_blocks(text)
    for pattern in (_LINK, _HTML_LINK):
        for match in pattern.finditer(code_free):
            target = match.group(1)
            line = code_free.count("\n", 0, match.start()) + 1
            if re.match(r"[a-z][a-z+.-]*:", target):
                continue
            name, _, anchor = target.partition("#")
            file = (root / path).parent / name if name else root / path
            if not file.exists():
                problems.append(f"{path}:{line}: '{target}' does not exist")
            elif anchor and anchor not in anchors(file.read_text()):
                problems.append(f"{path}:{line}: '{target}': there is no such heading")
    return problems


def scv_commands(text: str) -> list[tuple[int, str, tuple[str, ...]]]:
    """Every mention of ./scv COMMAND and its options: line, command, options."""
    return [
        (text.count("\n", 0, match.start()) + 1, match.group(1), tuple(match.group(2).split()))
        for match in _COMMAND.finditer(text)
        if match.group(1)
    ]


def help_options(text: str) -> set[str]:
    """The long options and environment variables that a --help names."""
    options = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", text)) - {"--help"}
    return options | set(re.findall(r"\(Env:([A-Z_]+)\)", text))


def table_options(text: str) -> set[str]:
    """The options and variables in the first two columns of tables headed `| Flag | ... |`."""
    found = set()
    for table in re.findall(r"^\| Flag \|.*\n(?:\|.*\n)+", text, re.MULTILINE):
        for row in table.splitlines()[2:]:
            cells = row.split("|")[1:3]
            for cell in cells:
                found |= set(re.findall(r"`(--[a-z-]+|[A-Z][A-Z_]+)", cell))
    return found


def option_problems(documented: set[str], known: set[str]) -> list[str]:
    return [f"{name} is not documented" for name in sorted(known - documented)] + [
        f"{name} is documented but does not exist" for name in sorted(documented - known)]
