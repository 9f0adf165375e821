"""The pipelines' files at work: the build without an upload and with one, and deployments by the
hooks on an instance that user data booted from a channel."""

import base64
import hashlib
import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from scv_tools import infra_boot
from scv_tools.tree import ROOT

PIPELINE = ROOT / "pipeline"
PACKAGES = {"was": "memo", "web": "memo-web"}
HOOKS = ("ApplicationStop", "BeforeInstall", "AfterInstall", "ApplicationStart", "ValidateService")
AGENT_KEY = "releases/codedeploy-agent_0_all.deb"
HOOK_SECONDS_MAX = 3600  # CodeDeploy's own limit


def read_yaml(*paths: Path) -> list[dict]:
    """Terraform reads YAML, and is there where these are checked."""
    files = ", ".join(f'yamldecode(file("{path}"))' for path in paths)
    environment = {**os.environ, "TF_CLI_CONFIG_FILE": os.devnull, "CHECKPOINT_DISABLE": "1"}
    with tempfile.TemporaryDirectory() as empty:
        done = subprocess.run(["terraform", "console"], cwd=empty, env=environment, check=True,
                              input=f"base64encode(jsonencode([{files}]))\n", text=True,
                              capture_output=True, timeout=60)
    return json.loads(base64.b64decode(done.stdout.strip().strip('"')))


def buildspec_problems(component: str, spec: dict) -> list[str]:
    commands = " ".join(command for phase in spec.get("phases", {}).values()
                        for command in phase.get("commands", []))
    named = list(spec.get("env", {}).get("variables", {}))
    wrong = {
        "version is 0.2": str(spec.get("version")) == "0.2",
        "runs pipeline/build.sh": f"bash pipeline/build.sh {component} --install" in commands,
        "uploads": '--publish "s3://$RELEASE_BUCKET"' in commands,
        "hands on the revision": spec.get("artifacts") == {
            "base-directory": f"build/pipeline/{component}/revision", "files": ["**/*"]},
        "has a cache": bool(spec.get("cache", {}).get("paths")),
        "has no secret": not [n for n in named if re.search("SECRET|TOKEN|PASSWORD", n.upper())],
    }
    return [f"{component}/buildspec.yml: not so: it {what}" for what, so in wrong.items() if not so]


def appspec_problems(component: str, spec: dict) -> list[str]:
    problems = [] if (spec.get("version"), spec.get("os")) == (0, "linux") else [
        f"{component}/appspec.yml: version 0.0 and os linux are what CodeDeploy knows"]
    if tuple(spec.get("hooks", {})) != tuple(sorted(HOOKS)):
        problems.append(f"{component}/appspec.yml: the hooks are {list(spec.get('hooks', {}))}")
    for event, scripts in spec.get("hooks", {}).items():
        for script in scripts:
            path = PIPELINE / script["location"]
            if not os.access(path, os.X_OK):
                problems.append(f"{component}/appspec.yml: {event}: {path} cannot be run")
            if not 0 < script.get("timeout", 0) <= HOOK_SECONDS_MAX or script["runas"] != "root":
                problems.append(f"{component}/appspec.yml: {event}: a timeout, and runas root")
    return problems


def yaml_problems() -> str:
    components = list(PACKAGES)
    builds = read_yaml(*(PIPELINE / name / "buildspec.yml" for name in components))
    deployments = read_yaml(*(PIPELINE / name / "appspec.yml" for name in components))
    problems = [p for name, spec in zip(components, builds) for p in buildspec_problems(name, spec)]
    problems += [p for name, spec in zip(components, deployments)
                 for p in appspec_problems(name, spec)]
    return "\n".join(problems)


# What the AWS CLI is asked for, as far as S3 would judge it: the body has the hash it is sent with.
_AWS = """#!/bin/sh
set -eu
[ "$1 $2" = "s3api put-object" ] || exit 64
while [ $# -gt 0 ]; do
  case $1 in
    --bucket) bucket=$2 ;;
    --key) key=$2 ;;
    --body) body=$2 ;;
    --checksum-sha256) sent=$2 ;;
  esac
  shift
done
[ "$sent" = "$(openssl dgst -sha256 -binary "$body" | base64)" ] || exit 1
mkdir -p "$S3/$bucket/$(dirname "$key")"
cp "$body" "$S3/$bucket/$key"
"""


def build_problems(component: str) -> str:
    """Packs what is built, publishes it to a directory and by the AWS CLI's command line."""
    package, platform = PACKAGES[component], "debian12-" + subprocess.run(
        ["dpkg", "--print-architecture"], capture_output=True, text=True, check=True).stdout.strip()
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        (place / "bin").mkdir()
        (place / "bin/aws").write_text(_AWS)
        (place / "bin/aws").chmod(0o755)
        env = {**os.environ, "PATH": f"{place}/bin:{os.environ['PATH']}", "S3": f"{place}/s3"}
        command = ["bash", str(PIPELINE / "build.sh"), component, "--built"]
        for target in (f"{place}/copy", "s3://releases"):
            done = subprocess.run([*command, "--out", f"{place}/out", "--publish", target],
                                  env=env, capture_output=True, text=True, check=False, timeout=120)
            if done.returncode != 0:
                return f"to {target}: {done.stdout}{done.stderr}"
        manifest = json.loads((place / "out/revision/manifest.json").read_text())
        entry = manifest["packages"][package]
        wanted = f"releases/{manifest['version']}/{platform}/{package}_{manifest['version']}_"
        if not entry["key"].startswith(wanted) or list(manifest["packages"]) != [package]:
            return f"the manifest says {manifest}"
        for file in (place / "out/revision/package.deb", place / "copy" / entry["key"],
                     place / "s3/releases" / entry["key"]):
            if hashlib.sha256(file.read_bytes()).hexdigest() != entry["sha256"]:
                return f"{file} has not the manifest's hash"
        listed = place / "s3/releases" / entry["key"].replace(".deb", ".manifest.json")
        if json.loads(listed.read_text()) != manifest:
            return f"{listed} is not the revision's manifest"
        wrong = subprocess.run([*command[:2], "both"], capture_output=True, text=True, check=False)
        return "" if wrong.returncode == 2 else f"a wrong component: {wrong.returncode}"


@dataclass(frozen=True)
class Deployment:
    """One revision on its way to the instance: which, and the good one of before, whose
    ApplicationStop runs; "" where CodeDeploy knows of none."""
    revision: str
    before: str


def _package(component: str) -> tuple[dict, Path]:
    manifest = json.loads((ROOT / "build/artifacts/manifest.json").read_text())
    return manifest, ROOT / "build/artifacts" / manifest["packages"][PACKAGES[component]]["key"]


def _revision(component: str, directory: Path, version: str, deb: Path) -> None:
    """A revision as pipeline/build.sh puts it together, of this package."""
    shutil.copytree(PIPELINE / "hooks", directory / "hooks")
    for name in ("appspec.yml", "service.sh"):
        shutil.copy(PIPELINE / component / name, directory / name)
    shutil.copy(deb, directory / "package.deb")
    (directory / "manifest.json").write_text(json.dumps({"version": version, "packages": {
        PACKAGES[component]: {"key": f"releases/{version}/{deb.name}",
                              "sha256": hashlib.sha256(deb.read_bytes()).hexdigest()}}}))


def _changed(component: str, work: Path, version: str, change: Callable[[Path], None]) -> Path:
    """The newest package as another version, with `change` made to its files."""
    tree, made = work / version, work / f"{version}.deb"
    subprocess.run(["dpkg-deb", "-R", str(_package(component)[1]), str(tree)], check=True,
                   capture_output=True, timeout=60)
    control = tree / "DEBIAN/control"
    control.write_text(re.sub(r"(?m)^Version: .*$", f"Version: {version}", control.read_text()))
    change(tree)
    subprocess.run(["dpkg-deb", "--root-owner-group", "-Znone", "-b", str(tree), str(made)],
                   check=True, capture_output=True, timeout=60)
    return made


def _broken(tree: Path) -> None:
    """memo ends at once; nginx does not take its configuration."""
    for name, text in (("usr/bin/memo", "#!/bin/sh\nexit 1\n"),
                       ("usr/share/memo-web/nginx.conf.in", "nonsense\n")):
        if (tree / name).is_file():
            (tree / name).write_text(text)


def _agent(directory: Path) -> str:
    """A package in the place of AWS's agent; returns its SHA-256."""
    tree = directory / "tree"
    (tree / "DEBIAN").mkdir(parents=True)
    (tree / "DEBIAN/control").write_text(
        "Package: codedeploy-agent\nVersion: 0\nArchitecture: all\nMaintainer: x <x@x.invalid>\n"
        "Description: stands in for AWS's agent\n")
    (tree / "usr/share/codedeploy-agent").mkdir(parents=True)
    made = directory / AGENT_KEY
    made.parent.mkdir(parents=True)
    subprocess.run(["dpkg-deb", "--root-owner-group", "-b", str(tree), str(made)], check=True,
                   capture_output=True, timeout=60)
    return hashlib.sha256(made.read_bytes()).hexdigest()


def prepare(component: str, directory: Path) -> dict:
    """The channel, the agent and four revisions: what the channel names (same), another version
    (next), one whose service does not come up (broken), and one with a damaged package (torn)."""
    manifest, deb = _package(component)
    channel = f"channels/stable/{component}/{manifest['platform']}/manifest.json"
    (directory / "published" / channel).parent.mkdir(parents=True)
    (directory / "published" / channel).write_text(json.dumps(manifest))
    work = directory / "work"
    work.mkdir()
    revisions = directory / "instance/revisions"
    _revision(component, revisions / "same", manifest["version"], deb)
    _revision(component, revisions / "next", "1:2",
              _changed(component, work, "1:2", lambda tree: None))
    _revision(component, revisions / "broken", "1:3", _changed(component, work, "1:3", _broken))
    _revision(component, revisions / "torn", manifest["version"], deb)
    with (revisions / "torn/package.deb").open("ab") as torn:
        torn.write(b"\0")
    return {"channel": channel,
            "agent": {"key": AGENT_KEY, "sha256": _agent(directory / "agent")}}


# The agent's part: the hooks in their order, each within its time and with its output read to the
# end; the first that fails ends the deployment.
_DEPLOY = """
hook() {
  [ -n "$1" ] || return 0
  patience=20
  [ "$5" != broken ] || patience=2
  if said=$(timeout "$4" env -i LIFECYCLE_EVENT="$2" VALIDATE_SECONDS="$patience" \
    "/tmp/revisions/$1/$3" 2>&1)
  then echo "$said"; else echo "$said"; echo "deployment of $5 fails in $2"; return 1; fi
}
deploy() {
%s
  echo "deployment of $1 succeeds"
}
"""


def deployments(component: str, wanted: list[Deployment], afterwards: str) -> str:
    """The shell script of these deployments, with the hooks of the component's appspec.yml."""
    hooks = read_yaml(PIPELINE / component / "appspec.yml")[0]["hooks"]
    calls = [f'  hook "{"$2" if event == "ApplicationStop" else "$1"}" {event} '
             f'{script["location"]} {script["timeout"]} "$1" || return 0'
             for event in HOOKS for script in hooks[event]]
    return _DEPLOY % "\n".join(calls) + "\n".join(
        f"deploy {d.revision} '{d.before}'" for d in wanted) + "\n" + afterwards


def boot_and_deploy(component: str, wanted: list[Deployment],
                    afterwards: str) -> subprocess.CompletedProcess:
    return infra_boot.boot(component, deployments(component, wanted, afterwards),
                           prepare=lambda directory: prepare(component, directory))
