"""Builds a type's schema, in the words of `terraform providers schema -json`, from its Source."""

import re

from typescript import Entry, Field, Member, Source

_DEPTH_MAX = 12

_STORAGE = {
    "string": "string", "number": "number", "boolean": "bool", "any": "dynamic",
    "stringList": ["list", "string"], "numberList": ["list", "number"],
    "booleanList": ["list", "bool"], "stringMap": ["map", "string"],
    "numberMap": ["map", "number"], "booleanMap": ["map", "bool"],
    "stringListList": ["list", ["list", "string"]], "stringMapList": ["list", ["map", "string"]],
    "stringListMap": ["map", ["list", "string"]], "anyMap": ["map", "dynamic"],
}
_GETTER = {
    "getStringAttribute": "string", "getNumberAttribute": "number",
    "getBooleanAttribute": "bool", "getListAttribute": ["list", "string"],
    "getNumberListAttribute": ["list", "number"], "getStringMapAttribute": ["map", "string"],
    "getNumberMapAttribute": ["map", "number"], "getBooleanMapAttribute": ["map", "bool"],
    "getAnyMapAttribute": ["map", "dynamic"],
}
_CDKTF_MAP = {
    "StringMap": ["map", "string"], "BooleanMap": ["map", "bool"],
    "NumberMap": ["map", "number"], "AnyMap": ["map", "dynamic"],
    "StringMapList": ["list", ["map", "string"]], "StringListMap": ["map", ["list", "string"]],
    "AnyMapList": ["list", ["map", "dynamic"]], "NumberMapList": ["list", ["map", "number"]],
}
_NEW = re.compile(r'new (cdktf\.)?(\w+)\(this, "[a-z0-9_]+"(?:, (true|false))?\)')


def _without(text: str, *endings: str) -> str:
    for ending in endings:
        text = text.removesuffix(ending)
    return text


class Builder:
    def __init__(self, source: Source):
        self.source = source

    def root(self) -> dict:
        name = self.source.root
        block = self._block(name + "Config", name, name)
        if self.source.kind == "Provider":
            block["attributes"].pop("alias", None)
        else:
            block["attributes"].setdefault(
                "id", {"type": "string", "optional": True, "computed": True})
        return block

    def _block(self, interface: str, struct: str, cls: str) -> dict:
        attributes, blocks = {}, {}
        fields = self.source.fields(interface)
        members = self.source.members(cls)
        entries = self.source.entries(struct)
        for name in sorted(entries.keys() | members.keys()):
            entry, member, field = entries.get(name), members.get(name), fields.get(name)
            if entry and entry.is_block:
                self._nested(name, entry, member, field, attributes, blocks)
            else:
                attributes[name] = self._attribute(name, entry, member, field)
        return {"attributes": attributes, "block_types": blocks}

    def _struct(self, storage: str) -> str:
        name = _without(storage, "Map", "List")
        return name if name in self.source.interfaces else storage

    def _nested_block(self, storage: str) -> dict:
        struct = self._struct(storage)
        return self._block(struct, struct, struct + "OutputReference")

    def _nested(self, name: str, entry: Entry, member: Member | None, field: Field | None,
                attributes: dict, blocks: dict) -> None:
        block = self._nested_block(entry.storage)
        if name == "timeouts":
            mode = "single"
        else:
            mode = {"set": "set", "map": "map"}.get(entry.kind, "list")
        # A block that may also be computed is an attribute, a list or set of objects.
        if member and member.computed:
            attributes[name] = {"type": ["set" if mode == "set" else "list", _object(block)],
                                "optional": member.optional, "required": member.required,
                                "computed": True}
            return
        nested = {"nesting_mode": mode, "block": block}
        many = bool(field and "[]" in field.typescript)
        # Terraform allows no counts on single and map blocks.
        if mode in ("list", "set"):
            if not many:
                nested["max_items"] = 1
            if field and not field.optional:
                nested["min_items"] = 1
        blocks[name] = nested

    def _attribute(self, name: str, entry: Entry | None, member: Member | None,
                   field: Field | None) -> dict:
        kind = self._argument_type(entry) if entry else None
        if kind is None:
            kind = self._computed_type(member, 0) if member else "dynamic"
        attribute = {"type": kind}
        if member:
            if member.required:
                attribute["required"] = True
            elif member.optional:
                attribute["optional"] = True
            if member.computed:
                attribute["computed"] = True
        elif field and not field.optional:
            attribute["required"] = True
        if not attribute.keys() & {"required", "optional", "computed"}:
            attribute["optional"] = True
        if name.endswith("_wo") and not attribute.get("computed"):
            attribute["write_only"] = True
        return attribute

    def _argument_type(self, entry: Entry):
        known = _STORAGE.get(entry.storage)
        if entry.kind == "simple":
            return known or "dynamic"
        if isinstance(known, list):
            return ["set", known[1]] if entry.kind == "set" else known
        struct = _without(entry.storage, "Map", "List")
        element = _object(self._nested_block(entry.storage)) \
            if struct in self.source.interfaces else "dynamic"
        if entry.kind == "struct":
            return element
        return [{"set": "set", "map": "map"}.get(entry.kind, "list"), element]

    def _object_type(self, cls: str, depth: int):
        members = self.source.members(cls + "OutputReference")
        if depth > _DEPTH_MAX or not members:
            return "dynamic"
        return ["object", {n: self._computed_type(m, depth + 1) for n, m in members.items()}]

    def _computed_type(self, member: Member, depth: int):
        if m := _NEW.search(member.body):
            name = m[2]
            if m[1]:
                return _CDKTF_MAP.get(name, "dynamic")
            if name.endswith("OutputReference"):
                return self._object_type(name.removesuffix("OutputReference"), depth)
            if name.endswith("MapList"):
                return ["list", ["map", "dynamic"]]
            if name.endswith("Map") and name + "OutputReference" not in self.source.classes:
                return ["map", self._object_type(name.removesuffix("Map"), depth)]
            if name.endswith("List"):
                return ["set" if m[3] == "true" else "list",
                        self._object_type(name.removesuffix("List"), depth)]
            return "dynamic"
        if m := re.search(r"cdktf\.Fn\.tolist\(this\.(get\w+)\(", member.body):
            kind = _GETTER.get(m[1])
            return ["set", kind[1]] if isinstance(kind, list) else "dynamic"
        if m := re.search(r"this\.(get\w+)\(", member.body):
            return _GETTER.get(m[1], "dynamic")
        return "dynamic"


def _object(block: dict):
    """The type of a block's value."""
    fields = {name: a["type"] for name, a in block["attributes"].items()}
    for name, nested in block["block_types"].items():
        mode = "set" if nested["nesting_mode"] == "set" else "list"
        fields[name] = [mode, _object(nested["block"])]
    return ["object", fields]
