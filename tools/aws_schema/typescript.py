"""Reads what @cdktf/provider-aws says about one Terraform type.

Each directory lib/<name>/ of the package has JavaScript with the TypeScript it was made from in an
inline source map. That source is itself generated from the provider's schema and keeps it in four
places, which this file takes apart:

  export interface XConfig       which arguments exist, and which are required
  ...ToHclTerraform, attrs = {}  whether an argument is a block, and its type
  // name - computed: ...        the three flags of every attribute
  getter bodies                  the types of attributes that are only computed
"""

import base64
import json
import re
from dataclasses import dataclass, field

_MAP = re.compile(r"sourceMappingURL=data:application/json;(?:charset=[^;]+;)?"
                  r"base64,([A-Za-z0-9+/=]+)")
_CHUNK = re.compile(r"^(?=export (?:interface|function|class|const) )", re.M)
_FIELD = re.compile(r"#([a-z0-9_]+) [\s\S]*?\*/\s*readonly (\w+)(\?)?: ([^;]+);")
_ENTRY = re.compile(
    r'^\s+"?([a-z0-9_]+)"?: \{\s*\n\s+value: [^\n]*,\s*\n\s+isBlock: (true|false),\s*\n'
    r'\s+type: "([^"]+)",\s*\n\s+storageClassType: "([^"]+)"', re.M)
_MEMBER = re.compile(
    r"// ([a-z0-9_]+) - computed: (true|false), optional: (true|false), required: (true|false)\n"
    r"([\s\S]*?)(?=\n  // [a-z0-9_]+ - computed|\n  // ====|$)")
_ROOT = re.compile(r"export class (\w+) extends cdktf\.Terraform(Resource|DataSource|Provider)")
_TYPE = re.compile(r'tfResourceType = "([a-z0-9_]+)"')


@dataclass
class Field:
    """An argument in an interface."""
    optional: bool
    typescript: str


@dataclass
class Entry:
    """An argument as it is written to HCL."""
    is_block: bool
    kind: str      # simple, list, set, map, struct
    storage: str   # "stringMap", "LbAccessLogs", "LbSubnetMappingList"


@dataclass
class Member:
    """An attribute of a class, with the body of its getter."""
    computed: bool
    optional: bool
    required: bool
    body: str


@dataclass
class Source:
    """Everything said about one type."""
    kind: str = ""   # Resource, DataSource, Provider
    name: str = ""   # aws_lb; "" for the provider
    root: str = ""   # the root class
    interfaces: dict[str, str] = field(default_factory=dict)
    writers: dict[str, str] = field(default_factory=dict)
    classes: dict[str, str] = field(default_factory=dict)

    def fields(self, interface: str) -> dict[str, Field]:
        text = self.interfaces.get(interface, "")
        return {m[1]: Field(bool(m[3]), m[4].strip()) for m in _FIELD.finditer(text)}

    def members(self, name: str) -> dict[str, Member]:
        text = self.classes.get(name, "")
        return {m[1]: Member(m[2] == "true", m[3] == "true", m[4] == "true", m[5])
                for m in _MEMBER.finditer(text)}

    def entries(self, struct: str) -> dict[str, Entry]:
        """Of a nested struct, or of the root class when `struct` is its name."""
        if struct == self.root:
            text = self.classes[struct]
            start = text.find("synthesizeHclAttributes")
        else:
            text = self.writers.get(struct[:1].lower() + struct[1:], "")
            start = text.find("const attrs")
        if start < 0:
            return {}
        return {m[1]: Entry(m[2] == "true", m[3], m[4]) for m in _ENTRY.finditer(text, start)}


def typescript_of(javascript: str) -> str:
    found = _MAP.search(javascript)
    if not found:
        return ""
    return "\n".join(json.loads(base64.b64decode(found[1]))["sourcesContent"])


def parse(typescript: str) -> Source | None:
    """None: this directory has no Terraform type."""
    root = _ROOT.search(typescript)
    if not root:
        return None
    name = _TYPE.search(typescript)
    source = Source(kind=root[2], root=root[1], name=name[1] if name else "")
    for chunk in _CHUNK.split(typescript):
        if m := re.match(r"export interface (\w+)", chunk):
            source.interfaces[m[1]] = chunk
        elif m := re.match(r"export function (\w+)ToHclTerraform", chunk):
            source.writers[m[1]] = chunk
        elif m := re.match(r"export class (\w+)", chunk):
            source.classes[m[1]] = chunk
    return source
