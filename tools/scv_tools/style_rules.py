"""The style rules. Each takes the tree (path -> text) and returns the problems it found."""

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from scv_tools import cpp_text
from scv_tools.tree import CPP, SCRIPTS, WEB, is_python, is_shell

LINE_MAX = 100
# TypeScript, CSS and the like are full of texts and selectors that do not break well.
WEB_LINE_MAX = 120
FILE_LINES_MAX = 400
FUNCTION_LINES_MAX = 70
CONTRACT_CHARACTERS_MIN = 30

Tree = dict[Path, str]


@dataclass(frozen=True)
class Problem:
    path: Path
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


def _is_cpp(path: Path) -> bool:
    return path.suffix in CPP


def _is_code(path: Path, text: str) -> bool:
    return path.suffix in CPP | SCRIPTS | WEB | {".lua", ".go", ".cmake"} or is_shell(path, text) \
        or is_python(path, text) or path.name == "CMakeLists.txt"


def _lines(text: str) -> Iterator[tuple[int, str]]:
    return enumerate(text.split("\n"), start=1)


def line_length(tree: Tree) -> list[Problem]:
    """A limit for each kind of file, unless one unbreakable word is longer."""
    problems = []
    for path, text in tree.items():
        if not _is_code(path, text):
            continue
        limit = WEB_LINE_MAX if path.suffix in WEB | {".lua"} else LINE_MAX
        problems += [
            Problem(path, number, f"{len(line)} characters, at most {limit}")
            for number, line in _lines(text)
            if len(line) > limit and len(line.split()) > 2
        ]
    return problems


def whitespace(tree: Tree) -> list[Problem]:
    """No trailing blanks, no tabs but where the language wants them, one newline at the end."""
    problems = []
    for path, text in tree.items():
        if not _is_code(path, text) and path.suffix not in {".md", ".json", ".toml", ".txt"}:
            continue
        for number, line in _lines(text):
            if line != line.rstrip():
                problems.append(Problem(path, number, "trailing blanks"))
            if "\t" in line and path.suffix != ".go":
                problems.append(Problem(path, number, "a tab"))
        if text and (not text.endswith("\n") or text.endswith("\n\n")):
            problems.append(Problem(path, text.count("\n") + 1, "must end with one newline"))
    return problems


def file_length(tree: Tree) -> list[Problem]:
    problems = []
    for path, text in tree.items():
        count = text.count("\n")
        if _is_code(path, text) and count > FILE_LINES_MAX:
            problems.append(Problem(path, count, f"{count} lines, at most {FILE_LINES_MAX}"))
    return problems


def function_length(tree: Tree) -> list[Problem]:
    problems = []
    for path, text in tree.items():
        if _is_cpp(path):
            measured = [(f.name, f.line, f.lines) for f in cpp_text.functions(text)]
        elif is_python(path, text):
            measured = [
                (node.name, node.lineno, node.end_lineno - node.lineno + 1)
                for node in ast.walk(ast.parse(text))
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            ]
        else:
            continue
        problems += [
            Problem(path, line, f"{name} has {lines} lines, at most {FUNCTION_LINES_MAX}")
            for name, line, lines in measured
            if lines > FUNCTION_LINES_MAX
        ]
    return problems


_SNAKE = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)*")
_VAGUE = {"util", "utils", "helper", "helpers", "misc", "stuff"}


def file_names(tree: Tree) -> list[Problem]:
    """snake_case for C++, Python and shell; no name that says nothing, anywhere."""
    problems = []
    for path, text in tree.items():
        if not _is_code(path, text) or path.name == "CMakeLists.txt":
            continue
        strict = _is_cpp(path) or is_python(path, text) or is_shell(path, text)
        if strict and not _SNAKE.fullmatch(path.name):
            problems.append(Problem(path, 1, "file names are snake_case"))
        vague = _VAGUE.intersection(re.split(r"[._-]", path.stem.lower()))
        if vague:
            problems.append(Problem(path, 1, f"'{vague.pop()}' in a file name says nothing"))
    return problems


def headers(tree: Tree) -> list[Problem]:
    """A header opens with its contract and has the guard that its path says."""
    problems = []
    for path, text in tree.items():
        if path.suffix != ".h":
            continue
        contract = re.match(r"(?://[^\n]*\n)+", text)
        if not contract or len(contract.group(0)) < CONTRACT_CHARACTERS_MIN:
            problems.append(Problem(path, 1, "a header opens with a comment: its contract"))
        parts = path.parts[1:] if path.parts[0] in ("src", "test") else path.parts
        guard = "SCV_" + re.sub(r"[^A-Z0-9]", "_", "_".join(parts).upper()) + "_"
        opening = rf"\n#ifndef {guard}\n#define {guard}\n"
        if not re.search(opening, text) or not text.endswith(f"#endif  // {guard}\n"):
            problems.append(Problem(path, 1, f"the include guard must be {guard}"))
    return problems


@dataclass(frozen=True)
class Ban:
    pattern: re.Pattern
    reason: str
    applies: Callable[[Path, str], bool]
    in_comments: bool = False


def _is_web(path: Path, _text: str) -> bool:
    return path.suffix in WEB


def _cpp(path: Path, _text: str) -> bool:
    return _is_cpp(path)


def _call(names: str) -> re.Pattern:
    return re.compile(rf"(?<![\w.>])(?:std::|::)?(?:{names})\s*\(")


_LATER = "|".join(["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"])

BANS = [
    Ban(re.compile(rf"\b(?:{_LATER})\b"), "unfinished work is an issue, not a comment",
        _is_code, in_comments=True),
    Ban(_call("strcpy|strcat|sprintf|vsprintf|gets|strtok|alloca|tmpnam|mktemp"),
        "unbounded or unsafe by design", _cpp),
    Ban(_call("atoi|atol|atoll|atof"), "hides errors; use std::from_chars", _cpp),
    Ban(_call("localtime|gmtime|asctime|ctime|rand|srand"), "has hidden shared state", _cpp),
    Ban(_call("system|popen"), "a shell in between", _cpp),
    Ban(re.compile(r"\busing\s+namespace\s+std\s*;"), "names must show where they come from", _cpp),
    Ban(re.compile(r"\bstd::endl\b"), "flushes; use '\\n'", _cpp),
    Ban(re.compile(r"\bstd::regex\b"), "slow, and its stack grows with the input", _cpp),
    Ban(re.compile(r"\bNULL\b"), "use nullptr", _cpp),
    Ban(re.compile(r"#\s*pragma\s+once\b"), "headers have include guards", _cpp),
    Ban(re.compile(r"\b(?:sleep_for|sleep_until)\b|(?<![\w.>])(?:u|nano)?sleep\s*\("),
        "wait for the event, with a deadline", _cpp),
    Ban(re.compile(r"\bDISABLED_\w+"), "a switched-off test proves nothing", _cpp),
    Ban(re.compile(r"\bGTEST_SKIP\(\)\s*;"), "a skipped test says why", _cpp),
    Ban(re.compile(r"\b(?:it|test|describe|suite)\.only\b"), "switches off all other tests",
        _is_web),
    Ban(re.compile(r"\bas any\b|:\s*any\b|<any>"), "any is no type", _is_web),
    Ban(re.compile(r"@ts-(?:ignore|nocheck)\b"), "hides type errors", _is_web, in_comments=True),
    Ban(re.compile(r"(?<![\w.])eval\s*\(|\bnew Function\s*\("), "runs text as code", _is_web),
]


def banned_names(tree: Tree) -> list[Problem]:
    problems = []
    for path, text in tree.items():
        if not _is_code(path, text):
            continue
        c_like = _is_cpp(path) or path.suffix in WEB
        code = cpp_text.blank(text) if c_like else text
        for ban in BANS:
            if not ban.applies(path, text):
                continue
            searched = text if ban.in_comments else code
            for match in ban.pattern.finditer(searched):
                line = searched.count("\n", 0, match.start()) + 1
                problems.append(Problem(path, line, f"'{match.group(0).strip()}': {ban.reason}"))
    return problems
