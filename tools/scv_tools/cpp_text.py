"""Just enough of C++'s syntax to measure functions and to look at code without comments."""

import re
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""//[^\n]*(?:\\\n[^\n]*)*
      | /\*.*?\*/
      | R"(?P<delimiter>[^()\\\s]{0,16})\(.*?\)(?P=delimiter)"
      | (?:u8|[uUL])?"(?:\\.|[^"\\\n])*"
      | (?<![0-9A-Za-z_])(?:u8|[uUL])?'(?:\\.|[^'\\\n])+'
    """,
    re.VERBOSE | re.DOTALL,
)


def blank(text: str, keep_strings: bool = False) -> str:
    """The text with comments (and the insides of strings) replaced by blanks; lines stay lines."""

    def replace(match: re.Match) -> str:
        token = match.group(0)
        if token.startswith("/"):
            return re.sub(r"[^\n]", " ", token)
        if keep_strings:
            return token
        quote = token[-1]
        return quote + re.sub(r"[^\n]", " ", token[1:-1]) + quote

    return _TOKEN.sub(replace, text)


def _blank_preprocessor(code: str) -> str:
    return re.sub(
        r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*",
        lambda match: re.sub(r"[^\n]", " ", match.group(0)),
        code,
        flags=re.MULTILINE,
    )


@dataclass(frozen=True)
class Function:
    name: str
    line: int
    lines: int


_SCOPE = re.compile(r"\b(namespace|class|struct|union|enum)\b[^;(){}=]*(?:\([^()]*\)[^;(){}=]*)?$")
_LEADING = re.compile(r"(?:\s|\b(?:public|private|protected)\s*:)*")
_EXTERN = re.compile(r'\bextern\s*"[^"]*"\s*$')
_NAME = re.compile(r"([A-Za-z_~][\w:~]*|operator\s*\S+)\s*\(")
_NOT_NAMES = {"noexcept", "requires", "decltype", "alignas", "explicit", "__attribute__"}


def functions(text: str) -> list[Function]:
    """Every function defined at namespace or class level, from its first line to its last."""
    code = _blank_preprocessor(blank(text))
    found: list[Function] = []
    scopes: list[str] = []
    start = 0
    function_start = 0
    for position, character in enumerate(code):
        inside = "function" in scopes
        if character == "{":
            if not inside:
                kind = _kind_of(code[start:position])
                if kind == "function":
                    function_start = start
                scopes.append(kind)
                if kind == "scope":
                    start = position + 1
            else:
                scopes.append("block")
        elif character == "}" and scopes:
            kind = scopes.pop()
            if kind == "function":
                found.append(_measure(code, function_start, position))
            if "function" not in scopes and kind != "initializer":
                start = position + 1
        elif character == ";" and not inside and "initializer" not in scopes:
            start = position + 1
    return found


def _kind_of(head: str) -> str:
    head = re.sub(r"\b(?:public|private|protected)\s*:", " ", head)
    # Templates are no help here, and their `class` would mislead.
    stripped = re.sub(r"\btemplate\s*<[^{};]*?>\s*(?=\b|\[)", " ", head)
    if _SCOPE.search(stripped.strip()) or _EXTERN.search(stripped):
        return "scope"
    if re.search(r"\)\s*(?:const|noexcept|override|final|mutable|&|->|:|\s|[\w:<>,*&()\[\]{}])*$",
                 stripped) and not re.search(r"=\s*$", stripped):
        return "initializer" if _is_member_initializer(stripped) else "function"
    return "initializer"


def _is_member_initializer(head: str) -> bool:
    """`A::A() : x_{` – this brace initialises a member, the body comes later."""
    return bool(re.search(r"\)\s*(?:noexcept\s*)?:[^:].*[\w>]\s*$", head, re.DOTALL)) and bool(
        re.search(r"(?:,|[^:]:)\s*[\w:<>]+\s*$", head)
    )


def _measure(code: str, start: int, end: int) -> Function:
    start += _LEADING.match(code[start:end]).end()
    head = code[start : code.index("{", start)]
    names = [name for name in _NAME.findall(head) if name not in _NOT_NAMES]
    first = code.count("\n", 0, start) + 1
    last = code.count("\n", 0, end) + 1
    return Function(names[0] if names else "(unnamed)", first, last - first + 1)
