"""Test results: cases, their counts, and JUnit in and out."""

import re
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass, field, replace
from pathlib import Path

LINE_SHOWN_MAX = 240
LINES_SHOWN_MAX = 40

LINE_SHOWN_MAX = 240
LINES_SHOWN_MAX = 40

PASSED, FAILED, SKIPPED = "passed", "failed", "skipped"


@dataclass(frozen=True)
class Case:
    name: str
    status: str
    seconds: float = 0.0
    message: str = ""


@dataclass
class SuiteResult:
    name: str
    cases: list[Case] = field(default_factory=list)
    seconds: float = 0.0

    def count(self, status: str) -> int:
        return sum(case.status == status for case in self.cases)

    def of(self, status: str) -> list[Case]:
        return [case for case in self.cases if case.status == status]


def totals_line(suites: list[SuiteResult]) -> str:
    counts = [f"{sum(s.count(status) for s in suites)} {status}"
              for status in (PASSED, FAILED, SKIPPED)]
    return ", ".join(counts)


def read_junit(path: Path) -> list[Case]:
    """The cases of a JUnit report as ctest and vitest write it."""
    return [case for element in ElementTree.parse(path).iter("testcase")
            for case in _read_element(element)]


def _read_element(element: ElementTree.Element) -> list[Case]:
    """One case; or, where ctest ran a whole GoogleTest program, each of its tests."""
    whole = _read_case(element)
    output = element.findtext("system-out") or ""
    inner = read_gtest(output)
    if len(inner) < 2:
        return [whole]
    if whole.status == FAILED and not any(case.status == FAILED for case in inner):
        inner.append(Case(f"{whole.name}: the program", FAILED, message=_essence(output)))
    return inner


_NOT_ENDED = "it did not come to its end"
_GTEST_LINE = re.compile(r"\[( RUN      |       OK |  FAILED  |  SKIPPED )\] (\S+)"
                         r"(?:, where .*?)?(?: \((\d+) ms\))?$")


def read_gtest(output: str) -> list[Case]:
    """The tests of a GoogleTest program's output. One that did not come to its end has failed."""
    cases: dict[str, Case] = {}
    said: list[str] = []
    for line in output.splitlines():
        match = _GTEST_LINE.search(line)
        if not match:
            said.append(line)
            continue
        what, name, milliseconds = match.group(1).strip(), match.group(2), match.group(3)
        if what == "RUN":
            cases[name] = Case(name, FAILED, message=_NOT_ENDED)
            said = []
        elif name in cases and milliseconds is not None:
            status = {"OK": PASSED, "FAILED": FAILED, "SKIPPED": SKIPPED}[what]
            text = "\n".join(said)
            message = {PASSED: "", SKIPPED: _skip_reason(text)}.get(status, _essence(text))
            cases[name] = Case(name, status, int(milliseconds) / 1000, message)
            said = []
    last = next(reversed(cases), None)
    if said and last and cases[last].message == _NOT_ENDED:
        cases[last] = replace(cases[last], message=f"{_NOT_ENDED}: " + _essence("\n".join(said)))
    return list(cases.values())


def _read_case(element: ElementTree.Element) -> Case:
    name = element.get("name", "")
    group = element.get("classname", "")
    whole = name if group in ("", name) else f"{group} > {name}"
    seconds = float(element.get("time") or 0)
    for tag, status in (("failure", FAILED), ("error", FAILED), ("skipped", SKIPPED)):
        found = element.find(tag)
        if found is not None:
            return Case(whole, status, seconds, _reason(element, found) or _named_reason(whole))
    # ctest says "run" for a test that ran; anything else without a reason did not.
    if element.get("status", "run") not in ("run", "passed"):
        return Case(whole, FAILED, seconds, f"status {element.get('status')}")
    return Case(whole, PASSED, seconds)


def _reason(element: ElementTree.Element, found: ElementTree.Element) -> str:
    """GoogleTest's own words are in the output; ctest's message is only which pattern matched."""
    output = element.findtext("system-out") or ""
    said = (found.text or "").strip() or found.get("message", "")
    if found.tag == "skipped":
        return _skip_reason(output) or said
    return _essence(output.strip() or said)


def _named_reason(name: str) -> str:
    """Vitest's tests say it in the title of their group: "… (skipped: REASON) > …"."""
    found = re.search(r"\(skipped: (.*?)\)(?: > |$)", name)
    return found.group(1) if found else ""


def _essence(output: str) -> str:
    """A failure as a reader wants it: from GoogleTest's first complaint on, and bounded."""
    lines = output.splitlines()
    first = next((n for n, line in enumerate(lines) if line.endswith((": Failure", ": error"))), 0)
    shown = [line if len(line) <= LINE_SHOWN_MAX else line[:LINE_SHOWN_MAX] + " …"
             for line in lines[first : first + LINES_SHOWN_MAX]]
    return "\n".join(shown)


def _skip_reason(output: str) -> str:
    """The line after `file:line: Skipped`."""
    lines = output.splitlines()
    for number, line in enumerate(lines[:-1]):
        if line.endswith(": Skipped"):
            return lines[number + 1].strip()
    return ""


def write_junit(suite: SuiteResult, path: Path) -> None:
    root = ElementTree.Element(
        "testsuite", name=suite.name, tests=str(len(suite.cases)), time=f"{suite.seconds:.3f}",
        failures=str(suite.count(FAILED)), skipped=str(suite.count(SKIPPED)))
    for case in suite.cases:
        element = ElementTree.SubElement(root, "testcase", name=case.name, classname=suite.name,
                                         time=f"{case.seconds:.3f}")
        if case.status == FAILED:
            ElementTree.SubElement(element, "failure").text = _printable(case.message)
        elif case.status == SKIPPED:
            ElementTree.SubElement(element, "skipped", message=_printable(case.message))
    ElementTree.indent(root)
    ElementTree.ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)


def _printable(text: str) -> str:
    """XML 1.0 has no place for most control characters."""
    return "".join(c if c in "\n\t" or ord(c) >= 0x20 else "?" for c in text)
