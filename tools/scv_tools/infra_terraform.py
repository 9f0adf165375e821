"""Terraform on a copy of infra/, with the provider's schema served by our program."""

import json
import os
import selectors
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from scv_tools.infra_policy import Resource, read_module
from scv_tools.tree import ROOT

INFRA = ROOT / "infra/terraform"
GLOBAL = ROOT / "infra/global"
EDGE = ROOT / "infra/edge"
CODES = {"seoul": "ap-northeast-2", "tokyo": "ap-northeast-1"}
SCHEMA_PROGRAM = ROOT / "build/release/src/provider/scv-schema"
START_SECONDS_MAX = 20
COMMAND_SECONDS_MAX = 300
VARIABLE = "TF_REATTACH_PROVIDERS"
# The example in the tests' stand-ins: it must be nowhere in a state.
PASSWORD = "0123456789abcdefghijklmnopqrstuv"


@contextmanager
def served_schema(command: str | None, only_ours: bool = False) -> Iterator[str]:
    """The value of TF_REATTACH_PROVIDERS while the schema is served; "" when nothing serves it."""
    if command is None and os.environ.get(VARIABLE) and not only_ours:
        yield os.environ[VARIABLE]
        return
    if command is None and not SCHEMA_PROGRAM.is_file():
        yield ""
        return
    program = subprocess.Popen(shlex.split(command) if command else [str(SCHEMA_PROGRAM)],
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        yield _first_line(program)
    finally:
        program.stdin.close()
        try:
            program.wait(timeout=5)
        except subprocess.TimeoutExpired:
            program.kill()
            program.wait()
        program.stdout.close()


def _first_line(program: subprocess.Popen) -> str:
    with selectors.DefaultSelector() as selector:
        selector.register(program.stdout, selectors.EVENT_READ)
        if not selector.select(START_SECONDS_MAX):
            return ""
    return program.stdout.readline().strip()


class Copy:
    """A copy of the roots for the tests: the modules with ephemeral resources are replaced by
    their stand-ins, because Terraform's mock providers know no such resources."""

    def __init__(self, directory: Path, reattach: str, stand_ins: bool):
        self.root = directory / "terraform"
        self.global_root = directory / "global"
        self.edge_root = directory / "edge"
        for source in (INFRA, GLOBAL, EDGE, ROOT / "infra/cloudformation"):
            shutil.copytree(source, directory / source.name,
                            ignore=shutil.ignore_patterns(".terraform*", "*.tfstate*"))
        if stand_ins:
            shutil.copytree(self.root / "tests/stand_ins", self.root / "modules",
                            dirs_exist_ok=True)
        self.env = {**os.environ, VARIABLE: reattach, "TF_CLI_CONFIG_FILE": os.devnull,
                    "CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1"}
        for name in [name for name in self.env if name.startswith(("TF_VAR_", "TF_DATA_DIR",
                                                                    "TF_LOG", "TF_CLI_ARGS"))]:
            del self.env[name]

    def run(self, module: Path, *arguments: str,
            workspace: str | None = None) -> subprocess.CompletedProcess:
        env = self.env if workspace is None else {**self.env, "TF_WORKSPACE": workspace}
        return subprocess.run(["terraform", *arguments, "-no-color"], cwd=module, env=env,
                              capture_output=True, text=True, check=False,
                              timeout=COMMAND_SECONDS_MAX)

    def init_then(self, module: Path, *arguments: str) -> str:
        """"" when both succeed, otherwise what was said."""
        for command in (("init", "-backend=false", "-input=false"), arguments):
            done = self.run(module, *command)
            if done.returncode != 0:
                return (done.stdout + done.stderr).strip() or f"exit code {done.returncode}"
        return ""

    def roots(self, command: str, *options: str) -> str:
        """infra/roots with the lab's variables, on the copy; "" when it succeeded (a plan: when
        nothing would change)."""
        infra = self.root.parent
        for name in ("roots", "examples"):
            if not (infra / name).exists():
                source = ROOT / "infra" / name
                (shutil.copytree if source.is_dir() else shutil.copy)(source, infra / name)
        packages = self.root.parent.parent / "build/artifacts"
        if not packages.exists():
            packages.parent.mkdir(exist_ok=True)
            packages.symlink_to(INFRA / "tests/artifacts")
        done = subprocess.run(
            [infra / "roots", command, "--prefix", "lab-", "--edge", *options], env=self.env,
            capture_output=True, text=True, check=False, timeout=COMMAND_SECONDS_MAX)
        if done.returncode == 0:
            return ""
        return f"infra/roots {command}: {done.returncode}\n{(done.stdout + done.stderr)[-4000:]}"

    def modules(self) -> list[Path]:
        return sorted(path for root in (self.root, self.edge_root)
                      for path in (root / "modules").iterdir() if path.is_dir())


@contextmanager
def copy(reattach: str, stand_ins: bool) -> Iterator[Copy]:
    with tempfile.TemporaryDirectory() as directory:
        (Path(directory) / "infra").mkdir()
        yield Copy(Path(directory) / "infra", reattach, stand_ins)


@dataclass
class Mocked:
    """What the tests of a root came to: what failed, and each run's resources and state as text,
    by the test file's name and the run's ("seoul apply")."""
    problem: str
    states: dict[str, tuple[list[Resource], str]]


def mocked(place: Copy, root: Path) -> Mocked:
    failed = place.init_then(root, "version")
    if failed:
        return Mocked(failed, {})
    done = place.run(root, "test", "-json", "-verbose")
    states, problems = {}, []
    for message in map(json.loads, done.stdout.splitlines()):
        if "diagnostic" in message and message.get("@level") == "error":
            where = f"{message.get('@testfile', '')} {message.get('@testrun', '')}".strip()
            detail = message["diagnostic"].get("detail", "")[:1000]
            problems.append(f"Error: {where}: {message['@message']} {detail}")
        if message.get("type") == "test_state":
            state = message["test_state"]
            text = json.dumps({"root_module": state["root_module"],
                               "outputs": state.get("outputs")})
            name = Path(message["@testfile"]).name.split(".")[0]
            states[f"{name} {message['@testrun']}"] = (list(read_module(state["root_module"])),
                                                       text)
    if done.returncode != 0 and not problems:
        problems.append(done.stderr.strip() or f"exit code {done.returncode}")
    return Mocked("\n".join(problems), states)
