"""The test suites: what each proves and how it is run. Each returns its cases."""

import json
import os
import re
import shutil
import time
import unittest
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from scv_tools import processes, unittest_cases
from scv_tools.builds import Builds
from scv_tools.results import FAILED, PASSED, SKIPPED, Case, read_junit
from scv_tools.tree import ROOT

LOG_LINES_SHOWN = 60
MINUTE = 60
OUTPUT_BYTES_MAX = "8000000"  # per test; what a failure shows is cut later


@dataclass
class Context:
    """Where a suite runs, and what has been built so far."""

    results: Path = ROOT / "build/test-results"
    logs: Path = ROOT / "build/log"
    jobs: int = int(os.environ.get("SCV_JOBS", os.cpu_count() or 1))
    say: Callable[[str], None] = print
    ahead: list[str] = field(default_factory=list)  # presets to build after the release

    packed: bool = False  # the packages are made

    def __post_init__(self) -> None:
        self.builds = Builds(self.run, lambda log: self.log(log).unlink(missing_ok=True), self.say,
                             self.jobs)

    def run(self, log_name: str, command: list[str], seconds_max: float,
            env: dict[str, str] | None = None) -> int:
        return processes.run(command, self.log(log_name), seconds_max, ROOT, env)

    def log(self, name: str) -> Path:
        return self.logs / f"{name}.log"

    def tail(self, log_name: str) -> str:
        lines = self.log(log_name).read_text(errors="replace").splitlines()
        return "\n".join(lines[-LOG_LINES_SHOWN:])

    def build(self, preset: str) -> bool:
        """Builds once per run; the same answer afterwards."""
        return self.builds.build(preset)

    def build_ahead(self) -> None:
        """From now on tests wait more than they compute: time for what later suites need."""
        if self.ahead and self.build("release"):
            self.builds.build_ahead(self.ahead)
        self.ahead = []

    def build_failure(self, preset: str) -> list[Case]:
        return [Case(f"build {preset}", FAILED, message=self.tail(f"build-{preset}"))]


@dataclass(frozen=True)
class Suite:
    name: str
    proves: str
    run: Callable[[Context], list[Case]]
    quick: bool = False
    by_default: bool = True
    preset: str = ""  # what it needs built besides the release
    waits: bool = False  # mostly, for programs that it started


def command_case(context: Context, name: str, log: str, command: list[str],
                 seconds_max: float = 5 * MINUTE) -> Case:
    """One command as one case: exit code 0 passes."""
    started = time.monotonic()
    start_of_log = context.log(log).stat().st_size if context.log(log).exists() else 0
    code = context.run(log, command, seconds_max)
    seconds = time.monotonic() - started
    if code == 0:
        return Case(name, PASSED, seconds)
    said = context.log(log).read_bytes()[start_of_log:].decode(errors="replace").splitlines()
    return Case(name, FAILED, seconds, "\n".join(said[-LOG_LINES_SHOWN:]))


def run_tools(context: Context) -> list[Case]:
    """The tools' own unit tests: each checker is shown to fail on a bad sample."""
    found = unittest.defaultTestLoader.discover(
        str(ROOT / "tools/scv_tools"), pattern="*_test.py", top_level_dir=str(ROOT / "tools"))
    return unittest_cases.run(found)


def run_style(context: Context) -> list[Case]:
    from scv_tools import style_check

    cases = []
    for rule in style_check.RULES:
        started = time.monotonic()
        problems = style_check.check([rule])[rule]
        cases.append(Case(rule, FAILED if problems else PASSED, time.monotonic() - started,
                          "\n".join(map(str, problems))))
    return cases


def run_arrows(context: Context) -> list[Case]:
    if not context.build("release"):
        return context.build_failure("release")
    return [command_case(context, "arrows", "arrows", ["python3", "tools/check_arrows"])]


def run_ctest(context: Context, preset: str, log: str, arguments: list[str],
              seconds_max: float) -> list[Case]:
    if not context.build(preset):
        return context.build_failure(preset)
    report = context.results / f"{log}.ctest.xml"
    report.unlink(missing_ok=True)
    code = context.run(
        log, ["ctest", "--test-dir", f"build/{preset}", "--output-junit", str(report),
              "--output-on-failure", "--no-tests=error",
              "--test-output-size-passed", OUTPUT_BYTES_MAX,
              "--test-output-size-failed", OUTPUT_BYTES_MAX, *arguments], seconds_max)
    return judge(context, log, report, code)


def judge(context: Context, log: str, report: Path, code: int) -> list[Case]:
    """The report's cases. An exit code that they do not explain is a failure of its own."""
    cases = read_junit(report) if report.exists() else []
    if code != 0 and not any(case.status == FAILED for case in cases):
        cases.append(Case(f"exit code {code}", FAILED, message=context.tail(log)))
    if not cases:
        cases.append(Case("no test ran", FAILED, message=context.tail(log)))
    return cases


def run_unit(context: Context) -> list[Case]:
    return run_ctest(context, "release", "unit", ["-LE", "fault", "-j", str(context.jobs)],
                     15 * MINUTE)


def run_fault(context: Context) -> list[Case]:
    return run_ctest(context, "release", "fault", ["-L", "fault"], 15 * MINUTE)


def run_asan(context: Context) -> list[Case]:
    return run_ctest(context, "asan", "asan", ["-LE", "fault", "-j", str(context.jobs)],
                     20 * MINUTE)


def run_tsan(context: Context) -> list[Case]:
    return run_ctest(context, "tsan", "tsan", ["-LE", "fault", "-j", str(context.jobs)],
                     20 * MINUTE)


def run_fuzz(context: Context) -> list[Case]:
    return run_ctest(context, "fuzz", "fuzz", ["-j", str(context.jobs)], 15 * MINUTE)


def run_vitest(context: Context, log: str, workspace: str, script: str,
               seconds_max: float) -> list[Case]:
    report = context.results / f"{log}.vitest.xml"
    report.unlink(missing_ok=True)
    code = context.run(
        log, ["npm", "--workspace", workspace, "run", script, "--", "--reporter=default",
              "--reporter=junit", f"--outputFile.junit={report}"],
        seconds_max, {"MEMO_BIN": str(ROOT / "build/release/src/memo/memo"), "NO_COLOR": "1"})
    return judge(context, log, report, code)


def run_web(context: Context) -> list[Case]:
    npm = ["npm", "--workspace", "web", "run"]
    return [
        command_case(context, "types", "web", [*npm, "typecheck"]),
        command_case(context, "build", "web", [*npm, "build"]),
        *run_vitest(context, "web", "web", "test", 10 * MINUTE),
    ]


def run_blackbox(context: Context) -> list[Case]:
    if not context.build("release"):
        return context.build_failure("release")
    types = command_case(context, "types", "blackbox",
                         ["npm", "--workspace", "test", "run", "check"])
    return [types, *run_vitest(context, "blackbox", "test", "blackbox", 20 * MINUTE)]


def run_browser(context: Context) -> list[Case]:
    if not context.build("release"):
        return context.build_failure("release")
    build = command_case(context, "build", "browser", ["npm", "--workspace", "web", "run", "build"])
    return [build, *packages(context, "browser"),
            *run_vitest(context, "browser", "web", "e2e", 15 * MINUTE)]


def run_docs(context: Context) -> list[Case]:
    if not context.build("release"):
        return context.build_failure("release")
    report = context.results / "docs.json"
    report.unlink(missing_ok=True)
    code = context.run("docs", ["python3", "tools/check_docs", "--report", str(report)],
                       10 * MINUTE)
    if not report.exists():
        return [Case(f"exit code {code}", FAILED, message=context.tail("docs"))]
    return [Case(**case) for case in json.loads(report.read_text())]


def run_python(context: Context, log: str, file: str, seconds_max: float,
               *assignments: str) -> list[Case]:
    """One file of unittest tests, in a process of its own."""
    if not context.build("release"):
        return context.build_failure("release")
    report = context.results / f"{log}.unittest.xml"
    report.unlink(missing_ok=True)
    code = context.run(log, ["python3", "tools/run_unittest", file, str(report), *assignments],
                       seconds_max)
    return judge(context, log, report, code)


def run_terraform(context: Context) -> list[Case]:
    if shutil.which("terraform") is None:
        return [Case("lifecycle", SKIPPED, message="Terraform is not installed (not in Debian)")]
    return run_python(context, "terraform", "test/provider/lifecycle.py", 10 * MINUTE,
                      f"SCHEMA={ROOT / 'build/release/src/provider/scv-schema'}")


def run_services(context: Context) -> list[Case]:
    if not context.build("release"):
        return context.build_failure("release")
    return [case for called in ("s3", "secrets", "metadata")
            for case in run_python(context, f"services-{called}",
                                   f"test/services/test_{called}.py", 10 * MINUTE)]


def packages(context: Context, log: str) -> list[Case]:
    """The pages, where no suite before built them, and the packages that instances install."""
    cases = []
    if context.packed:
        return cases
    if not (ROOT / "web/dist/index.html").exists():
        cases.append(command_case(context, "pages", log,
                                  ["npm", "--workspace", "web", "run", "build"]))
    cases.append(command_case(context, "packages", log, ["tools/package/build_packages"]))
    context.packed = all(case.status == PASSED for case in cases)
    return cases


def run_lab(context: Context) -> list[Case]:
    if not context.build("release"):
        return context.build_failure("release")
    files = sorted(str(file.relative_to(ROOT)) for file in (ROOT / "test/lab").glob("*_test.py"))
    cases = packages(context, "lab")
    for file in files:
        log = f"lab-{Path(file).stem}"
        context.log(log).write_text("")
        cases += run_python(context, log, file, 15 * MINUTE)
    return cases


def run_lab_slow(context: Context) -> list[Case]:
    if not context.build("release"):
        return context.build_failure("release")
    return [*packages(context, "lab-slow"),
            *run_python(context, "lab-slow", "test/lab/disk_slow.py", 10 * MINUTE)]


def run_infra(context: Context) -> list[Case]:
    if not context.build("release"):
        return context.build_failure("release")
    built = packages(context, "infra")
    code = context.run("infra", ["sh", "-c", "tools/check_infra --json >build/infra.json"],
                       10 * MINUTE)
    try:
        found = json.loads((ROOT / "build/infra.json").read_text())
    except (OSError, json.JSONDecodeError):
        return [Case(f"exit code {code}", FAILED, message=context.tail("infra"))]
    return [*built, *(Case(case["name"], case["status"], message=case["message"])
                      for case in found)]


def run_tidy(context: Context) -> list[Case]:
    """One case per source file."""
    if not context.build("release"):
        return context.build_failure("release")
    compiled = json.loads((ROOT / "build/release/compile_commands.json").read_text())
    sources = sorted({
        str(Path(entry["file"]).relative_to(ROOT)) for entry in compiled
        if Path(entry["file"]).is_relative_to(ROOT / "src")
    })
    code = context.run(
        "tidy", ["nice", "run-clang-tidy-19", "-quiet", "-p", "build/release", "-j",
                 str(context.jobs), "-extra-arg=-Wno-unknown-warning-option",
                 "-header-filter", f"{ROOT}/src/.*",
                 *(f"^{re.escape(str(ROOT / source))}$" for source in sources)], 30 * MINUTE)
    said = context.log("tidy").read_text(errors="replace")
    found: dict[str, list[str]] = {}
    for match in re.finditer(r"^(\S+?):(\d+):\d+: (?:warning|error): (.*)$", said, re.MULTILINE):
        path = Path(match.group(1))
        name = str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)
        found.setdefault(name, []).append(f"{name}:{match.group(2)}: {match.group(3)}")
    cases = [Case(name, FAILED, message="\n".join(found[name])) if name in found
             else Case(name, PASSED) for name in sorted({*sources, *found})]
    if code != 0 and not found:
        cases.append(Case(f"exit code {code}", FAILED, message=context.tail("tidy")))
    return cases


SUITES = [
    Suite("tools", "the checkers below find what they are for", run_tools, quick=True),
    Suite("style", "format, lengths, names, shell scripts, no secrets, hosts or machine paths",
          run_style, quick=True),
    Suite("arrows", "rooms include and link only what they may; pure rooms are pure", run_arrows,
          quick=True),
    Suite("unit", "C++ unit and store contract tests, on SQLite and a real MariaDB", run_unit,
          quick=True),
    Suite("web", "web app: types, build, size, unit tests", run_web, quick=True),
    Suite("docs", "links, commands and options in the documents are right, procedures work",
          run_docs),
    Suite("blackbox", "the built memo over HTTP, against its OpenAPI document", run_blackbox,
          waits=True),
    Suite("browser", "the web app in headless Chromium against the built memo", run_browser,
          waits=True),
    Suite("infra", "Terraform: format, schema, mocks, policies, user data booted for real",
          run_infra),
    Suite("terraform", "the provider's lifecycles on the real Terraform", run_terraform),
    Suite("services", "S3, Secrets Manager and metadata, called by boto3, curl and memo",
          run_services),
    Suite("lab", "the lab: from Terraform to HTTPS, probed, broken and taken down", run_lab,
          waits=True),
    Suite("lab-slow", "a full disk under a lab that is written to; slow, so only by name",
          run_lab_slow, by_default=False),
    Suite("fault", "databases and memo killed under load: nothing lost, nothing twice", run_fault,
          waits=True),
    Suite("asan", "unit tests with AddressSanitizer and UndefinedBehaviorSanitizer", run_asan,
          preset="asan"),
    Suite("tsan", "unit tests with ThreadSanitizer", run_tsan,
          preset="tsan"),
    Suite("fuzz", "libFuzzer targets, a short search from the seeds", run_fuzz,
          preset="fuzz"),
    Suite("tidy", "clang-tidy's chosen checks; slow, so only by name", run_tidy, by_default=False),
]
