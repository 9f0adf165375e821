"""What the package does not say: sensitive flags, ephemeral resources, WAFv2's statements."""


def apply(schemas: dict, overlay: dict) -> dict:
    """Completes `schemas` in place and returns the ephemeral resources' schemas."""
    for group in ("resource", "data"):
        for block in schemas[group].values():
            _without_dynamic(block)
    _without_dynamic(schemas["provider"][""])
    for key, group in (("sensitive", "resource"), ("sensitive_data", "data")):
        for name, paths in overlay[key].items():
            for path in paths:
                _mark_sensitive(schemas[group][name], path.split("."))
    for name in ("aws_wafv2_web_acl", "aws_wafv2_rule_group"):
        rule = schemas["resource"][name]["block_types"]["rule"]["block"]
        rule["attributes"].pop("statement", None)
        rule["block_types"]["statement"] = {**_one(*_statement()), "min_items": 1}
    return overlay["ephemeral"]


def _mark_sensitive(block: dict, path: list[str]) -> None:
    for name in path[:-1]:
        if name not in block["block_types"]:
            return  # an attribute of objects: its parts have no flags
        block = block["block_types"][name]["block"]
    block["attributes"][path[-1]]["sensitive"] = True


def _fixed(kind):
    if kind == "dynamic":
        return "string"
    if isinstance(kind, list):
        return [kind[0], {n: _fixed(t) for n, t in kind[1].items()} if kind[0] == "object"
                else _fixed(kind[1])]
    return kind


def _without_dynamic(block: dict) -> None:
    """Types that the package lost are strings: none of the provider's own is dynamic."""
    for attribute in block["attributes"].values():
        attribute["type"] = _fixed(attribute["type"])
    for nested in block["block_types"].values():
        _without_dynamic(nested["block"])


def _one(attributes: dict | None = None, blocks: dict | None = None) -> dict:
    return {"nesting_mode": "list", "max_items": 1,
            "block": {"attributes": attributes or {}, "block_types": blocks or {}}}


def _required(kind) -> dict:
    return {"type": kind, "required": True}


def _optional(kind) -> dict:
    return {"type": kind, "optional": True}


def _statement() -> tuple[dict, dict]:
    """Attributes and blocks of a rule's statement, as the WAFv2 API reference has them:
    https://docs.aws.amazon.com/waf/latest/APIReference/API_Statement.html
    """
    actions = {name: _one() for name in ("allow", "block", "captcha", "challenge", "count")}
    override = {"nesting_mode": "list", "block": {
        "attributes": {"name": _required("string")},
        "block_types": {"action_to_use": {**_one({}, actions), "min_items": 1}}}}
    name_only = {"name": _required("string")}
    field = _one({}, {
        "all_query_arguments": _one(), "method": _one(), "query_string": _one(),
        "single_header": _one(name_only), "single_query_argument": _one(name_only),
        "uri_path": _one(), "body": _one({"oversize_handling": _optional("string")})})
    transformation = {"nesting_mode": "set", "min_items": 1, "block": {
        "attributes": {"priority": _required("number"), "type": _required("string")},
        "block_types": {}}}
    matched = {"field_to_match": field, "text_transformation": transformation}
    # Rule groups stand alone; everything else may stand within and, or, not and a rate's scope.
    groups = {
        "managed_rule_group_statement": _one(
            {"name": _required("string"), "vendor_name": _required("string"),
             "version": _optional("string")}, {"rule_action_override": override}),
        "rule_group_reference_statement": _one({"arn": _required("string")},
                                               {"rule_action_override": override}),
    }
    leaves = {
        "byte_match_statement": _one({"positional_constraint": _required("string"),
                                      "search_string": _required("string")}, matched),
        "geo_match_statement": _one({"country_codes": _required(["list", "string"])}),
        "ip_set_reference_statement": _one({"arn": _required("string")}),
        "label_match_statement": _one({"key": _required("string"), "scope": _required("string")}),
        "regex_match_statement": _one({"regex_string": _required("string")}, matched),
        "regex_pattern_set_reference_statement": _one({"arn": _required("string")}, matched),
        "size_constraint_statement": _one({"comparison_operator": _required("string"),
                                           "size": _required("number")}, matched),
        "sqli_match_statement": _one({"sensitivity_level": _optional("string")}, matched),
        "xss_match_statement": _one({}, matched),
    }
    logic = _logic(leaves, 2)
    forwarded = _one({"fallback_behavior": _required("string"),
                      "header_name": _required("string")})
    rate = _one({"limit": _required("number"), "aggregate_key_type": _optional("string"),
                 "evaluation_window_sec": _optional("number")},
                {"forwarded_ip_config": forwarded,
                 "scope_down_statement": _one({}, {**leaves, **logic})})
    return {}, {**groups, **leaves, **logic, "rate_based_statement": rate}


def _logic(leaves: dict, depth: int) -> dict:
    """And, or, not; `depth` of them within each other. AWS's provider allows one more."""
    inner = {**leaves, **_logic(leaves, depth - 1)} if depth > 1 else dict(leaves)
    several = {"nesting_mode": "list", "min_items": 1,
               "block": {"attributes": {}, "block_types": inner}}
    return {name: _one({}, {"statement": several})
            for name in ("and_statement", "not_statement", "or_statement")}
