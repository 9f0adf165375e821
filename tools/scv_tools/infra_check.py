"""The cases of tools/check_infra."""

import json
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from scv_tools import (
    infra_boot, infra_moto, infra_pipeline, infra_policy, infra_terraform, infra_vpn)
from scv_tools.infra_terraform import EDGE, GLOBAL, INFRA
from scv_tools.results import FAILED, PASSED, SKIPPED, Case
from scv_tools.tree import ROOT

EXCEPTIONS = ROOT / "infra/policy_exceptions.txt"
PACKAGES = ROOT / "tools/package"
MESSAGE_MAX = 4000  # characters
# Only these have ephemeral resources, which mock providers do not know, and ephemeral outputs,
# which a root may not have: they are validated as part of the root.
EPHEMERAL = {"new_password", "stored_password"}


class Skipped(Exception):
    """Raised by a case that this machine cannot run; the message says why."""


class Runner:
    def __init__(self, only: str, told: Callable[[Case], None]):
        self.cases: list[Case] = []
        self._only = only
        self._told = told

    def case(self, name: str, check: Callable[[], str]) -> None:
        """`check` returns what is wrong, "" for nothing."""
        if self._only not in name:
            return
        started = time.monotonic()
        try:
            problem = check()
            status = FAILED if problem else PASSED
        except Skipped as reason:
            status, problem = SKIPPED, str(reason)
        except (RuntimeError, OSError, ValueError, KeyError, TypeError,
                subprocess.SubprocessError) as error:
            status, problem = FAILED, f"{type(error).__name__}: {error}"
        if len(problem) > MESSAGE_MAX:
            problem = problem[problem.find("Error:"):][:MESSAGE_MAX] + " …"
        case = Case(name, status, time.monotonic() - started, problem)
        self.cases.append(case)
        self._told(case)


def _said(command: list[str], cwd: Path = ROOT) -> str:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False,
                          timeout=120)
    return "" if done.returncode == 0 else (done.stdout + done.stderr).strip() or "failed"


def _need(*programs: str) -> None:
    for program in programs:
        if shutil.which(program) is None:
            raise Skipped(f"{program} is not installed")


def _format() -> str:
    _need("terraform")
    return _said(["terraform", "fmt", "-check", "-diff", "-recursive", str(ROOT / "infra")])


def _scripts() -> str:
    _need("shellcheck")
    scripts = [path for path in PACKAGES.rglob("*") if path.is_file()
               and path.read_bytes()[:2] == b"#!"]
    scripts += sorted(path for module in ("user_data", "monitoring_agent", "vpn")
                      for path in (INFRA / "modules" / module).glob("*.sh"))
    scripts += sorted((ROOT / "pipeline").rglob("*.sh"))
    scripts += [ROOT / "infra/roots", ROOT / "infra/vpn/pki"]
    scripts += sorted((ROOT / "tools/scv_tools").glob("infra_vpn_*.sh"))
    return _said(["shellcheck", "--external-sources", *map(str, scripts)])


def _rendered(tier: str, further: dict | None = None, agent: bool = False) -> str:
    _need("terraform", "shellcheck")
    if not (ROOT / "build/artifacts/manifest.json").is_file():
        raise Skipped("needs the packages: tools/package/build_packages")
    with tempfile.NamedTemporaryFile("w", suffix=".sh") as script:
        script.write(infra_boot.render(tier, further=further, agent=agent))
        script.flush()
        # A setting that only the other tier uses is no mistake.
        return _said(["shellcheck", "--exclude=SC2034", script.name])


def _rendered_vpn(runs: "_Runs") -> str:
    """As Terraform's tests render it; what the VPN is booted with has the same settings."""
    _need("shellcheck")
    instances = [r for r in runs.of(runs.place.root).states["vpn apply"][0]
                 if r.address == "module.vpn[0].aws_instance.this"]
    if len(instances) != 1:
        return f"{len(instances)} instances of the VPN"
    text = instances[0].values["user_data"]
    with tempfile.NamedTemporaryFile("w", suffix=".sh") as script:
        script.write(text)
        script.flush()
        said = _said(["shellcheck", "--exclude=SC2034", script.name])
    others = {name for name in infra_vpn.settings_of(text) ^ set(infra_vpn.SETTINGS)
              if not name.startswith("SESSION_AGENT")}
    return said or (f"infra_vpn.py has other settings: {sorted(others)}" if others else "")


def _cfn_lint() -> str:
    if shutil.which("cfn-lint") is None:
        raise Skipped("cfn-lint is not installed, and Debian has none; the provider's own checks "
                      "of the template are part of apply")
    return _said(["cfn-lint", *map(str, sorted((ROOT / "infra/cloudformation").glob("*.yaml")))])


def _failover_stack() -> str:
    if reason := infra_moto.why_not():
        raise Skipped(reason)
    return infra_moto.problem()


def _static(runner: Runner) -> None:
    runner.case("format", _format)
    runner.case("text: types, descriptions, validations",
                lambda: "\n".join(infra_policy.text_problems(INFRA)
                                  + infra_policy.text_problems(GLOBAL)
                                  + infra_policy.text_problems(EDGE)))
    runner.case("cloudformation: cfn-lint", _cfn_lint)
    runner.case("cloudformation: the failover stack, by boto3 to moto", _failover_stack)
    runner.case("scripts", _scripts)
    for tier in ("web", "was"):
        runner.case(f"user data of {tier}: shellcheck", lambda tier=tier: _rendered(tier))
        runner.case(f"user data of {tier}, monitoring: shellcheck",
                    lambda tier=tier: _rendered(tier, agent=True))
    runner.case("user data of a channel: shellcheck", lambda: _rendered("web", {
        "channel": "channels/stable/web/debian12-amd64/manifest.json",
        "agent": {"key": infra_pipeline.AGENT_KEY, "sha256": "0" * 64}}))


def _roots(place: infra_terraform.Copy) -> list[tuple[str, Path]]:
    """What can be checked by itself: the roots and the modules."""
    return [("the root", place.root), ("the global root", place.global_root),
            ("the edge root", place.edge_root),
            *((module.name, module) for module in place.modules() if module.name not in EPHEMERAL)]


def _with_schema(runner: Runner, reattach: str) -> None:
    def needs_schema(check: Callable[[], str]) -> Callable[[], str]:
        def checked() -> str:
            _need("terraform")
            if not reattach:
                raise Skipped("nothing serves the provider's schema: build scv-schema, or use "
                              "--provider-command")
            return check()
        return checked

    with infra_terraform.copy(reattach, stand_ins=False) as place:
        for name, module in _roots(place):
            runner.case(f"validate {name}", needs_schema(
                lambda module=module: place.init_then(module, "validate")))
    with infra_terraform.copy(reattach, stand_ins=True) as place:
        runs = _Runs(place)
        for name, module in _roots(place):
            is_root = module in (place.root, place.global_root, place.edge_root)
            runner.case(f"test {name}", needs_schema(
                (lambda module=module: runs.of(module).problem) if is_root
                else lambda module=module: place.init_then(module, "test")))
        _policies(runner, runs, needs_schema)


class _Runs:
    """The tests of the two roots, run once."""

    def __init__(self, place: infra_terraform.Copy):
        self.place = place
        self._done: dict[Path, infra_terraform.Mocked] = {}

    def of(self, root: Path) -> infra_terraform.Mocked:
        if root not in self._done:
            self._done[root] = infra_terraform.mocked(self.place, root)
        return self._done[root]


# Run of a root's tests → what a policy calls it.
JUDGED = {"seoul apply": "seoul", "tokyo apply": "tokyo", "global apply": "global",
          "edge apply": "edge", "monitoring apply": "monitoring",
          "pipelines apply": "pipelines", "vpn apply": "vpn"}


def _policies(runner: Runner, runs: _Runs,
              needs_schema: Callable[[Callable[[], str]], Callable[[], str]]) -> None:
    judged: dict[str, list[str]] = {}

    def state() -> str:
        states = {run: state for root in (runs.place.root, runs.place.global_root,
                                          runs.place.edge_root)
                  for run, state in runs.of(root).states.items()}
        missing = [run for run in JUDGED if run not in states]
        if missing:
            return f"there is no state of {', '.join(missing)}"
        judged.update(infra_policy.judge(
            {name: states[run][0] for run, name in JUDGED.items()},
            infra_policy.read_exceptions(EXCEPTIONS.read_text())))
        return "\n".join(f"the password is in the state of {run}" for run in JUDGED
                         if infra_terraform.PASSWORD in states[run][1])

    def rule(name: str) -> str:
        if not judged:
            state()
        if not judged:
            raise Skipped("there is no state to judge; see policy: state")
        return "\n".join(judged.get(name, []))

    runner.case("user data of the VPN: shellcheck", needs_schema(lambda: _rendered_vpn(runs)))
    runner.case("policy: state", needs_schema(state))
    for name in infra_policy.RULES:
        runner.case(f"policy: {name}", needs_schema(lambda name=name: rule(name)))


def _lifecycle(reattach: str) -> str:
    """All roots in their order by infra/roots, with the lab's variables: applied, planned again,
    destroyed."""
    _need("terraform")
    if not reattach:
        raise Skipped("needs build/release's scv-schema, which also plans and applies")
    with infra_terraform.copy(reattach, stand_ins=False) as place:
        return (place.roots("validate") or place.roots("apply", "--auto-approve")
                or place.roots("plan") or place.roots("destroy", "--auto-approve"))


def _cost() -> str:
    """A region with one NAT gateway costs less than one with a gateway per zone."""
    _need("terraform")
    if not infra_terraform.SCHEMA_PROGRAM.is_file():
        raise Skipped("needs build/release's scv-schema")
    file = (ROOT / "infra/examples/seoul.tfvars").read_text()
    with tempfile.TemporaryDirectory() as directory:
        frugal = Path(directory) / "frugal.tfvars"
        frugal.write_text(file + "\nsingle_nat_gateway = true\n")
        told = [subprocess.run(["tools/cost", name, "--json"], cwd=ROOT, capture_output=True,
                               text=True, check=True, timeout=120).stdout
                for name in ("infra/examples/seoul.tfvars", frugal)]
    full, less = (json.loads(text)["regions"][0] for text in told)
    if full["not_priced"] or not 0 < less["monthly"] < full["monthly"]:
        return f"{less['monthly']} and {full['monthly']}, not priced: {full['not_priced']}"
    return ""


_WEB_CHECKS = """
ask() { curl -s --retry 20 --retry-connrefused --retry-delay 0 --max-time 5 "$@"; }
web=http://127.0.0.1:8081
echo "pages: $(ask $web/ | grep -c '<html')"
echo "health: $(ask $web/healthz)"
echo "path of the app: $(ask -H 'Accept: text/html' $web/memos/1 | grep -c '<html')"
echo "missing: $(ask -o /dev/null -w '%{http_code}' $web/missing.js)"
echo "api: $(ask -H 'X-Forwarded-For: 192.0.2.1' $web/api/v1/info)"
echo "api name: $(ask -o /dev/null -w '%{http_code}' -H 'Host: api.scv.localhost' $web/)"
"""
_WAS_CHECKS = """
ask() { curl -s --retry 20 --retry-connrefused --retry-delay 0 --max-time 5 "$@"; }
echo "live: $(ask http://127.0.0.1:8080/livez)"
echo "ready: $(ask --retry 0 -o /dev/null -w '%{http_code}' http://127.0.0.1:8080/readyz)"
kill -9 "$(pgrep -x memo)"
echo "live again: $(ask http://127.0.0.1:8080/livez)"
echo "mode: $(stat -c %a /etc/memo/memo.env)"
"""


def _boot(tier: str, checks: str, wanted: list[str], sha256: str | None = None) -> str:
    return _booted(lambda: infra_boot.boot(tier, checks, sha256), wanted)


def _booted(boot: Callable[[], subprocess.CompletedProcess], wanted: list[str],
            missing: Callable[[], str] = infra_boot.missing) -> str:
    reason = missing()
    if reason:
        raise Skipped(reason)
    done = boot()
    said = done.stdout + done.stderr
    absent = [text for text in wanted if text not in said]
    leaked = [text for text in ("EXAMPLEKEY", "stand-in-token") if text in said]
    if absent or leaked:
        return f"missing {absent}, leaked {leaked}, in:\n{said[-4000:]}"
    return ""


def _boots(runner: Runner) -> None:
    runner.case("boot web", lambda: _boot("web", _WEB_CHECKS, [
        "failed; again in 0.1 s", "user data ended with 0", "pages: 1", "health: ok",
        "path of the app: 1", "missing: 404", '"forwarded_for": "192.0.2.1, 127.0.0.1"',
        "api name: 404"]))
    runner.case("boot was", lambda: _boot("was", _WAS_CHECKS, [
        "failed; again in 0.1 s", "user data ended with 0", 'live: {"status":"alive"}',
        "ready: 503", 'live again: {"status":"alive"}', "mode: 600"]))
    runner.case("boot the VPN, and let people in", _vpn)
    runner.case("boot with another hash", lambda: _boot(
        "was", "ls /usr/bin/memo", ["it is not installed", "user data ended with 1",
                                    "cannot access '/usr/bin/memo'"], "0" * 64))


_DEPLOYED = ["user data ended with 0", "names releases/", "asks for deployments",
             "is installed already", "deployment of same succeeds",
             "it is not installed", "deployment of torn fails in BeforeInstall",
             "no 5 good answers in a row in 2 s", "deployment of broken fails in ValidateService",
             "is installed; before: installed 1:3", "deployment of next succeeds",
             "at the end: 1:2 install ok installed"]


# What people see of the VPN: infra_vpn_checks.sh.
_VPN_SEEN = [
    "user data ended with 0", "without a client: 000", "a stranger is refused: 0",
    "kim reaches a private instance: 0", "lee reaches a private instance: 0",
    "which sees: 10.10.10.1 \n", "outside of the VPC: 000", "of itself 200", "one another: 000",
    "dhcp-option DNS 10.10.0.2", "cipher 'AES-256-GCM'", " 1 nobody ", "server.key 600 root",
    "tls-crypt.key 600 root", "no news: 0 restarts 0", "news: 0 restarts 1", "lee is back: 0",
    "kim is refused: 0, reaches 000"]


def _vpn() -> str:
    return _booted(infra_vpn.boot, _VPN_SEEN, infra_vpn.missing)


def _deploys(component: str) -> str:
    """User data boots it from the channel; then the very same version by CodeDeploy's hooks, two
    that must fail, and one that must put things right again."""
    package = infra_pipeline.PACKAGES[component]
    chain = {"same": "", "torn": "same", "broken": "same", "next": "same"}
    return _booted(lambda: infra_pipeline.boot_and_deploy(
        component, [infra_pipeline.Deployment(*pair) for pair in chain.items()],
        f"echo \"at the end: $(dpkg-query -W -f '${{Version}} ${{Status}}' {package})\"\n"
        "dpkg-query -W codedeploy-agent"), [*_DEPLOYED, "codedeploy-agent\t0"])


def _pipelines(runner: Runner) -> None:
    def of_yaml() -> str:
        _need("terraform")
        return infra_pipeline.yaml_problems()

    def builds(component: str) -> str:
        _need("dpkg-deb", "openssl")
        needs = ROOT / ("build/release/src/memo/memo" if component == "was"
                        else "web/dist/index.html")
        if not needs.is_file():
            raise Skipped(f"{needs.name} is not built: ./scv build")
        return infra_pipeline.build_problems(component)

    def deploys() -> str:
        # Both wait most of the time.
        with ThreadPoolExecutor(2) as pool:
            return "\n".join(filter(None, pool.map(_deploys, infra_pipeline.PACKAGES)))

    runner.case("pipeline: buildspec.yml and appspec.yml", of_yaml)
    runner.case("pipeline: deployments to was and web", deploys)
    for component in infra_pipeline.PACKAGES:
        runner.case(f"pipeline: build {component}", lambda component=component: builds(component))


def _reproducible() -> str:
    _need("dpkg-deb", "readelf")
    if not (ROOT / "build/release/src/memo/memo").is_file():
        raise Skipped("memo is not built: ./scv build")
    digests = []
    for _ in range(2):
        with tempfile.TemporaryDirectory() as out:
            said = _said([str(PACKAGES / "build_packages"), "--out", out])
            if said:
                return said
            digests.append(re.findall(r'"sha256": "(\w+)"', Path(out, "manifest.json").read_text()))
    return "" if digests[0] == digests[1] and len(digests[0]) == 2 else f"differ: {digests}"


def run(provider_command: str | None, only: str, told: Callable[[Case], None]) -> list[Case]:
    runner = Runner(only, told)
    _static(runner)
    with infra_terraform.served_schema(provider_command) as reattach:
        _with_schema(runner, reattach)
    # A process of its own: its account begins empty.
    with infra_terraform.served_schema(None, only_ours=True) as reattach:
        runner.case("apply, plan nothing more, destroy", lambda: _lifecycle(reattach))
        runner.case("cost", _cost)
    runner.case("packages are reproducible", _reproducible)
    _boots(runner)
    _pipelines(runner)
    return runner.cases
