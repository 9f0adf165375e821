"""The resource graphs that Terraform makes of infra/terraform and infra/global, as files that the
daemon can apply without Terraform.

The real Terraform applies the HCL twice to scv-schema, the lab's provider over an account in
memory, which writes down every resource's configuration. What differs between the two runs was
decided by the provider: where it stands in the configuration of another resource, that is a
reference to the resource that it belongs to, and a marker takes its place: ⟦address:attribute⟧, or
⟦@graph/address:attribute⟧ for a resource of another graph, which is applied before. Addresses,
dependencies and lifecycle rules come from Terraform's state and from the HCL."""

import base64
import binascii
import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from scv_tools import graph_lifecycle, tree

INFRA = tree.ROOT / "infra/terraform"
GLOBAL = tree.ROOT / "infra/global"
# Graphs that stand together, in the order in which they are applied. A graph is written down where
# it is the first time.
TOGETHER = (("alone",), ("seoul",), ("seoul", "tokyo", "global"))
NAMES = ("alone", "seoul", "tokyo", "global")
SCHEMA = tree.ROOT / "build/release/src/provider/scv-schema"
SECONDS_MAX = 300
ERROR_CHARACTERS_MAX = 4000
OPEN, CLOSE = "⟦", "⟧"
PASSWORD = f"{OPEN}password{CLOSE}"
BASE64 = f"{OPEN}base64{CLOSE}"
# The release that is recorded; at replay its values come from the manifest of the artifacts.
VERSION = "0.0.0-recorded5c7e19"
PLATFORM = "debian12-amd64"
# Numbers that the provider counts up: the same in both runs, and a reference all the same where
# they stand beside the resource that they belong to.
COUNTERS = {"aws_launch_template": ("latest_version", "version")}


class RecordError(Exception):
    pass


def file_of(region: str) -> Path:
    return tree.ROOT / f"infra/recorded/{region}.json"


def why_not() -> str | None:
    """Why nothing can be recorded here; None: it can."""
    if shutil.which("terraform") is None:
        return "Terraform is not installed (Debian does not ship it)"
    if not SCHEMA.exists():
        return "scv-schema is not built: cmake --build build/release --target scv-schema"
    return None


@dataclass
class Resource:
    address: str
    type: str
    config: dict
    computed: dict
    sets: list[str]                           # paths in the configuration of what has no order
    depends_on: list[str]                     # addresses without instance keys, transitive
    lifecycle: dict = field(default_factory=dict)

    @property
    def name(self) -> str:
        return without_key(self.address)


@dataclass
class Run:
    provider: dict
    ephemeral: list[dict]
    resources: dict[str, Resource]


def without_key(address: str) -> str:
    """module.a.aws_subnet.b["c"] → module.a.aws_subnet.b"""
    return address[:address.index("[")] if address.endswith("]") else address


# --- Running Terraform ---------------------------------------------------------------------------

def write_artifacts(directory: Path) -> dict[str, str]:
    """A release of two stand-in packages; what of it is to be replaced by which marker."""
    packages, markers = {}, {VERSION: "manifest.version", str(directory): "artifacts"}
    for name, suffix in (("memo", "amd64"), ("memo-web", "all")):
        key = f"releases/{VERSION}/{PLATFORM}/{name}_{VERSION}_{suffix}.deb"
        content = f"stands for {name}\n".encode()
        (directory / key).parent.mkdir(parents=True, exist_ok=True)
        (directory / key).write_bytes(content)
        digest = hashlib.sha256(content).hexdigest()
        packages[name] = {"key": key, "sha256": digest, "bytes": len(content)}
        markers[key] = f"manifest.packages.{name}.key"
        markers[digest] = f"manifest.packages.{name}.sha256"
    manifest = {"version": VERSION, "platform": PLATFORM, "packages": packages}
    (directory / "manifest.json").write_text(json.dumps(manifest))
    return {text: f"{OPEN}{name}{CLOSE}" for text, name in markers.items()}


def root_of(name: str) -> Path:
    return GLOBAL if name == "global" else INFRA


def terraform(reattach: str, root: Path, data: Path, *arguments: str) -> None:
    environment = {**os.environ, "TF_REATTACH_PROVIDERS": reattach, "TF_IN_AUTOMATION": "1",
                   "CHECKPOINT_DISABLE": "1", "TF_CLI_CONFIG_FILE": os.devnull,
                   "TF_DATA_DIR": str(data)}
    done = subprocess.run(["terraform", f"-chdir={root}", *arguments], env=environment,
                          capture_output=True, text=True, timeout=SECONDS_MAX, check=False)
    if done.returncode != 0:
        raise RecordError(f"terraform {arguments[0]} ended with {done.returncode}:\n"
                          f"{done.stderr[-ERROR_CHARACTERS_MAX:]}")


def apply(names: tuple[str, ...], scratch: Path, artifacts: Path) -> dict[str, Run]:
    """Applies the graphs one after the other, in one account."""
    log, runs, seen = scratch / "record", {}, 0
    with subprocess.Popen([SCHEMA, "--record", log], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          text=True) as schema:
        reattach = schema.stdout.readline().strip()
        for name in names:
            root, state, data = root_of(name), scratch / f"{name}.state", scratch / f"{name}.data"
            own = [f"-var=artifacts_directory={artifacts}"] if root == INFRA else []
            if name == "seoul" and "global" in names:
                own.append("-var=publish_names=false")  # the names are the stack's
            terraform(reattach, root, data, "init", "-input=false", "-no-color", "-backend=false")
            terraform(reattach, root, data, "apply", "-auto-approve", "-input=false", "-no-color",
                      f"-state={state}",
                      f"-var-file={tree.ROOT / f'infra/examples/lab-{name}.tfvars'}", *own)
            lines = log.read_text().splitlines()
            runs[name] = join([json.loads(line) for line in lines[seen:]],
                              json.loads(state.read_text()), graph_lifecycle.read(root, data))
            seen = len(lines)
        schema.stdin.close()
        schema.wait(timeout=30)
    return runs


def join(events: list[dict], state: dict, lifecycles: dict[str, dict]) -> Run:
    """What the provider saw and what Terraform calls it, by type and id."""
    addresses = {}
    for resource in state["resources"]:
        if resource["mode"] != "managed":
            continue
        base = ".".join(filter(None, [resource.get("module"), resource["type"], resource["name"]]))
        for instance in resource["instances"]:
            key = instance.get("index_key")
            address = base if key is None else f"{base}[{json.dumps(key)}]"
            identity = (resource["type"], instance["attributes"]["id"])
            if identity in addresses:
                raise RecordError(f"two of {identity[0]} have the id {identity[1]}")
            addresses[identity] = (address, instance.get("dependencies", []))
    run = Run({}, [], {})
    for event in events:
        if event["event"] == "provider":
            run.provider = {k: event[k] for k in ("region", "default_tags")}
        elif event["event"] == "ephemeral" and event not in run.ephemeral:
            run.ephemeral.append(event)
        elif event["event"] == "resource":
            address, dependencies = addresses.pop((event["type"], event["id"]))
            run.resources[address] = Resource(
                address, event["type"], event["config"], event["computed"], event["sets"],
                sorted(dependencies), lifecycles.get(without_key(address), {}))
    if addresses:
        raise RecordError(f"not seen by the provider: {sorted(a for a, _ in addresses.values())}")
    return run


# --- References ----------------------------------------------------------------------------------

def leaves(value: object, path: str = "") -> list[tuple[str, object]]:
    """Every string in a JSON value with its path, such as domain_validation_options.0.name."""
    if isinstance(value, dict):
        items = sorted(value.items())
    elif isinstance(value, list):
        items = list(enumerate(value))
    else:
        return [(path, value)] if isinstance(value, str) and value else []
    return [leaf for name, inner in items for leaf in leaves(inner, f"{path}.{name}".lstrip("."))]


def depth_order(resources: dict[str, Resource]) -> list[Resource]:
    """Dependencies first, then by address: an order that no run changes."""
    by_name: dict[str, list[Resource]] = {}
    for resource in resources.values():
        by_name.setdefault(resource.name, []).append(resource)
    depths: dict[str, int] = {}

    def depth(name: str) -> int:
        if name not in depths:
            depths[name] = 1 + max((depth(d) for r in by_name[name] for d in r.depends_on
                                    if d in by_name), default=0)
        return depths[name]

    return sorted(resources.values(), key=lambda r: (depth(r.name), r.address))


def decided(first: Run, second: Run, graph: str = "") -> dict[str, str]:
    """What the provider decided in the first run, and differently in the second → its marker. An id
    is preferred to an ARN, and that to other names of the same value. `graph`: another one's."""
    prefix = f"@{graph}/" if graph else ""
    markers: dict[str, str] = {}
    for resource in depth_order(first.resources):
        there = dict(leaves(second.resources[resource.address].computed))
        found = leaves(resource.computed)
        found.sort(key=lambda leaf: ({"id": 0, "arn": 1}.get(leaf[0], 2), leaf[0]))
        for path, value in found:
            if value != there.get(path) and len(value) >= 8:
                markers.setdefault(value, f"{OPEN}{prefix}{resource.address}:{path}{CLOSE}")
    return markers


class Replacer:
    def __init__(self, markers: dict[str, str]) -> None:
        # Longest first: an ARN contains the id.
        self.markers = sorted(markers.items(), key=lambda item: (-len(item[0]), item[0]))

    def text(self, text: str) -> str:
        for value, marker in self.markers:
            text = text.replace(value, marker)
        return text

    def value(self, value: object) -> object:
        if isinstance(value, dict):
            return {name: self.value(inner) for name, inner in sorted(value.items())}
        if isinstance(value, list):
            return [self.value(inner) for inner in value]
        if not isinstance(value, str):
            return value
        plain = script_of(value)
        return self.text(value) if plain is None else {BASE64: self.text(plain)}


def script_of(text: str) -> str | None:
    """The script that is encoded in base 64 in `text`, or None."""
    try:
        plain = base64.b64decode(text, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return None
    return plain if plain.startswith("#!") else None


def sort_sets(value: object, sets: list[str], path: str = "") -> object:
    if isinstance(value, dict):
        return {name: sort_sets(inner, sets, f"{path}.{name}".lstrip("."))
                for name, inner in value.items()}
    if isinstance(value, list):
        items = [sort_sets(inner, sets, path) for inner in value]
        return sorted(items, key=json.dumps) if path in sets else items
    return value


def name_counters(config: dict, types: dict[str, str]) -> dict:
    """{"id": marker of a launch template, "version": "1"} → the version is a reference, too."""
    for inner in config.values():
        for block in inner if isinstance(inner, list) else []:
            marker = block.get("id", "") if isinstance(block, dict) else ""
            if not isinstance(marker, str) or not marker.startswith(OPEN):
                continue
            address = marker[1:].rpartition(":")[0]
            counter, argument = COUNTERS.get(types.get(address, ""), (None, None))
            if counter and argument in block:
                block[argument] = f"{OPEN}{address}:{counter}{CLOSE}"
    return config


def reduced(resource: Resource, closure: dict[str, set[str]]) -> list[str]:
    """The resources that it depends on, but for those that another one of them depends on."""
    def elsewhere(name: str) -> bool:
        return any(name in closure.get(other, ()) for other in resource.depends_on if other != name)

    return [name for name in resource.depends_on if name in closure and not elsewhere(name)]


# --- The file ------------------------------------------------------------------------------------

def password_markers(first: Run) -> tuple[dict, dict[str, str]]:
    """The ephemeral resources by type, and which marker stands for the password in what depends on
    a stored secret (stored) and in what comes before (new)."""
    ephemeral = {}
    for event in first.ephemeral:
        if event["type"] in ephemeral:
            raise RecordError(f"two different ephemeral {event['type']}")
        ephemeral[event["type"]] = event["config"]
    kind = "ephemeral.aws_secretsmanager_"
    return ephemeral, {"new": f"{OPEN}{kind}random_password.random_password{CLOSE}",
                       "stored": f"{OPEN}{kind}secret_version.secret_string.password{CLOSE}"}


def entries(first: Run, second: Run, known: dict[str, str]) -> tuple[list[dict], dict]:
    order = depth_order(first.resources)
    replacer = Replacer({**decided(first, second), **known})
    types = {resource.address: resource.type for resource in order}
    closure: dict[str, set[str]] = {}
    for resource in order:
        closure.setdefault(resource.name, set()).update(resource.depends_on)
    ephemeral, passwords = password_markers(first)
    stored = "aws_secretsmanager_secret_version"
    found = []
    for resource in order:
        config = sort_sets(replacer.value(resource.config), resource.sets)
        config = name_counters(config, types)
        after_store = any(f".{stored}." in f".{name}" for name in resource.depends_on)
        text = json.dumps(config, ensure_ascii=False)
        config = json.loads(text.replace(PASSWORD, passwords["stored" if after_store else "new"]))
        found.append({"address": replacer.text(resource.address), "type": resource.type,
                      "depends_on": reduced(resource, closure), **resource.lifecycle,
                      "config": config})
    return found, replacer.value(ephemeral)


def known_before(name: str, ours: dict[str, Run], theirs: dict[str, Run],
                 artifacts: dict[str, str]) -> dict[str, str]:
    """Markers of the artifacts, and of what earlier graphs have made."""
    markers = dict(artifacts)
    for earlier in ours:
        if earlier == name:
            break
        markers.update(decided(ours[earlier], theirs[earlier], earlier))
    return markers


def build(name: str, runs: list[dict[str, Run]], artifacts: list[dict[str, str]]) -> str:
    one, two = runs
    first, second = one[name], two[name]
    resources, ephemeral = entries(first, second, known_before(name, one, two, artifacts[0]))
    again, ephemeral_again = entries(second, first, known_before(name, two, one, artifacts[1]))
    for here, there in zip(resources, again, strict=True):
        if here != there:
            raise RecordError(f"{here['address']} is not the same in two runs:\n{here}\n{there}")
    if ephemeral != ephemeral_again:
        raise RecordError("the ephemeral resources are not the same in two runs")
    root = root_of(name).relative_to(tree.ROOT)
    header = {"generated": "by tools/record_graph; do not edit, run it again",
              "from": [str(root), f"infra/examples/lab-{name}.tfvars"],
              "license": "Apache-2.0", "format": 1}
    return json.dumps({**header, "provider": first.provider, "ephemeral": ephemeral,
                       "resources": resources}, indent=1, ensure_ascii=False) + "\n"


def record_all(wanted: tuple[str, ...] = NAMES) -> dict[str, str]:
    """The texts of infra/recorded/NAME.json, by name. Raises RecordError."""
    reason = why_not()
    if reason:
        raise RecordError(reason)
    texts = {}
    for together in TOGETHER:
        last = max((i for i, name in enumerate(together) if name in wanted and name not in texts),
                   default=-1)
        if last < 0:
            continue
        names = together[:last + 1]
        with (tempfile.TemporaryDirectory(prefix="scv-record-") as directory,
              ThreadPoolExecutor(2) as pool):
            scratches = [Path(directory) / name for name in ("first", "second")]
            for scratch in scratches:
                (scratch / "artifacts").mkdir(parents=True)
            artifacts = [write_artifacts(scratch / "artifacts") for scratch in scratches]
            runs = list(pool.map(
                lambda scratch, names=names: apply(names, scratch, scratch / "artifacts"),
                scratches))
        texts.update({name: build(name, runs, artifacts) for name in names
                      if name in wanted and name not in texts})
    return texts


def record(name: str) -> str:
    """The text of infra/recorded/NAME.json. Raises RecordError."""
    return record_all((name,))[name]
