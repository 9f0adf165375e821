"""The settings that no resource of infra/ may lack. Rules look at the values that
Terraform computes (the state of a run against mocks), not at the text, so a default or a variable
that goes wrong is seen, too. A rule returns what is wrong, as (address, problem)."""

import base64
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

EVERYWHERE = {"0.0.0.0/0", "::/0"}
Problem = tuple[str, str]


@dataclass(frozen=True)
class Resource:
    address: str
    mode: str  # managed or data
    type: str
    values: dict


class Resources:
    def __init__(self, resources: list[Resource]):
        self.all = resources

    def of(self, *types: str) -> list[Resource]:
        return [r for r in self.all if r.mode == "managed" and r.type in types]

    def data(self, kind: str) -> list[Resource]:
        return [r for r in self.all if r.mode == "data" and r.type == kind]


def read_module(module: dict) -> Iterator[Resource]:
    """The resources of a module of Terraform's JSON, and of the modules in it."""
    for item in module.get("resources", []):
        yield Resource(item["address"], item["mode"], item["type"], item.get("values", {}))
    for child in module.get("child_modules", []):
        yield from read_module(child)


def _must(resources: list[Resource], problem: str,
          fine: Callable[[dict], bool]) -> list[Problem]:
    return [(r.address, problem) for r in resources if not fine(r.values)]


def _first(values: dict, block: str) -> dict:
    return (values.get(block) or [{}])[0]


def _module_of(resource: Resource) -> str:
    return resource.address[:resource.address.index(resource.type)]


def network(found: Resources) -> list[Problem]:
    problems = _must(found.of("aws_subnet"), "gives out public addresses",
                     lambda v: v["map_public_ip_on_launch"] is False)
    problems += _must(found.of("aws_vpc"), "has no DNS",
                      lambda v: v["enable_dns_support"] and v["enable_dns_hostnames"])
    problems += _must(found.of("aws_default_security_group"), "has rules",
                      lambda v: not v.get("ingress") and not v.get("egress"))
    problems += _must(found.of("aws_eip"), "is not of the VPC", lambda v: v["domain"] == "vpc")
    if len(found.of("aws_flow_log")) < len(found.of("aws_vpc")):
        problems.append(("aws_flow_log", "a VPC without flow logs"))
    gateways = [v for v in found.of("aws_vpc_endpoint")
                if v.values["service_name"].endswith(".s3")]
    if found.of("aws_vpc") and not gateways:
        problems.append(("aws_vpc_endpoint", "no gateway endpoint for S3"))
    databases = {r.values["id"] for r in found.of("aws_route_table")
                 if (r.values.get("tags") or {}).get("Tier") == "db"}
    problems += _must(found.of("aws_route"), "a default route of a database subnet",
                      lambda v: v["route_table_id"] not in databases)
    return problems


def peering(found: Resources) -> list[Problem]:
    """What crosses between the regions is a tier's, never a whole VPC's or everything."""
    routes = [r for r in found.of("aws_route") if r.values.get("vpc_peering_connection_id")]
    return _must(routes, "leads to more than one tier of the other VPC",
                 lambda v: int(v["destination_cidr_block"].partition("/")[2] or 0) >= 20)


def security_groups(found: Resources) -> list[Problem]:
    ingress = found.of("aws_vpc_security_group_ingress_rule")
    egress = found.of("aws_vpc_security_group_egress_rule")
    groups = found.of("aws_security_group")
    problems = _must(ingress + egress + groups, "has no description",
                     lambda v: bool(v.get("description")))
    problems += _must(groups, "has rules in itself; use rule resources",
                      lambda v: not v.get("ingress") and not v.get("egress"))
    problems += _must(ingress + egress, "allows every protocol", lambda v: v["ip_protocol"] != "-1")
    problems += _must(ingress, "opens SSH", lambda v: not v["from_port"] <= 22 <= v["to_port"])
    fronts = {g.values["id"] for g in groups if g.values["name"].endswith("-front-alb")}
    problems += _must(ingress, "is open to everyone, and not 80 or 443 of the front load balancer",
                      lambda v: v.get("cidr_ipv4") not in EVERYWHERE or (
                          v["security_group_id"] in fronts and v["from_port"] == v["to_port"]
                          and v["from_port"] in (80, 443)))
    problems += _must(egress, "leads everywhere, and not to 443 alone",
                      lambda v: v.get("cidr_ipv4") not in EVERYWHERE
                      or v["from_port"] == v["to_port"] == 443)
    return problems


def load_balancers(found: Resources) -> list[Problem]:
    balancers, listeners = found.of("aws_lb"), found.of("aws_lb_listener")
    problems = _must(balancers, "keeps invalid headers", lambda v: v["drop_invalid_header_fields"])
    problems += _must(balancers, "is not protected from deletion",
                      lambda v: v["enable_deletion_protection"])
    problems += _must(balancers, "is weak against desync attacks",
                      lambda v: v["desync_mitigation_mode"] in ("defensive", "strictest"))
    problems += _must(balancers, "has no access log",
                      lambda v: _first(v, "access_logs").get("enabled") is True)
    problems += _must(listeners, "serves without TLS, and does not redirect",
                      lambda v: v["protocol"] == "HTTPS"
                      or _first(_first(v, "default_action"), "redirect").get("protocol") == "HTTPS")
    https = [r for r in listeners if r.values["protocol"] == "HTTPS"]
    problems += _must(https, "allows TLS below 1.2",
                      lambda v: v["ssl_policy"].startswith("ELBSecurityPolicy-TLS13-1-"))
    # A load balancer and its listeners share a module; ARNs may be mocked, and all the same.
    public = {_module_of(r) for r in balancers if not r.values["internal"]}
    header = "routing_http_response_strict_transport_security_header_value"
    problems += _must([r for r in https if _module_of(r) in public],
                      "sends no Strict-Transport-Security",
                      lambda v: str(v.get(header)).startswith("max-age="))
    problems += _must(found.of("aws_lb_target_group"), "has no health check",
                      lambda v: _first(v, "health_check").get("path", "").startswith("/"))
    return problems


_SECRET_TEXT = re.compile(r"AKIA[A-Z0-9]{16}|PRIVATE KEY|(?i:password\s*=\s*['\"]?[A-Za-z0-9])")


def _user_data_is_clean(values: dict) -> bool:
    return not _SECRET_TEXT.search(base64.b64decode(values["user_data"] or "").decode())


def fleets(found: Resources) -> list[Problem]:
    templates, groups = found.of("aws_launch_template"), found.of("aws_autoscaling_group")
    problems = _must(templates, "allows metadata version 1, or more than one hop", lambda v: (
        _first(v, "metadata_options").get("http_tokens") == "required"
        and _first(v, "metadata_options").get("http_put_response_hop_limit") == 1))
    problems += _must(templates, "gives out public addresses", lambda v: _first(
        v, "network_interfaces").get("associate_public_ip_address") in (False, "false"))
    problems += _must(templates, "has a volume that is not encrypted", lambda v: all(
        _first(m, "ebs").get("encrypted") in (True, "true") for m in v["block_device_mappings"])
        and bool(v["block_device_mappings"]))
    problems += _must(templates, "has no instance profile",
                      lambda v: bool(_first(v, "iam_instance_profile").get("name")))
    problems += _must(templates, "has a secret in its user data", _user_data_is_clean)
    problems += _must(groups, "does not look at the load balancer's health checks",
                      lambda v: v["health_check_type"] == "ELB")
    problems += _must(groups, "does not roll back", lambda v: _first(
        _first(v, "instance_refresh"), "preferences").get("auto_rollback") is True)
    problems += _must(groups, "names $Latest or $Default, which hides a change from the plan",
                      lambda v: "$" not in str(_first(v, "launch_template").get("version")))
    problems += _must(groups, "is in one zone", lambda v: len(v["vpc_zone_identifier"]) >= 2)
    problems += _must(groups, "is not waited for",
                      lambda v: (v["wait_for_elb_capacity"] or 0) >= v["min_size"])
    return problems


def _is_replica(values: dict) -> bool:
    return bool(values.get("replicate_source_db"))


def database(found: Resources) -> list[Problem]:
    instances = found.of("aws_db_instance")
    wants: dict[str, Callable[[dict], bool]] = {
        "is public": lambda v: v["publicly_accessible"] is False,
        "is not encrypted with our key": lambda v: v["storage_encrypted"] and bool(v["kms_key_id"]),
        "is not protected from deletion": lambda v: v["deletion_protection"],
        "keeps backups for less than 7 days": lambda v: v["backup_retention_period"] >= 7,
        "has no certificate authority chosen":
            lambda v: str(v["ca_cert_identifier"]).endswith("-g1"),
        "exports no logs": lambda v: bool(v["enabled_cloudwatch_logs_exports"]),
        "leaves no snapshot": lambda v: v["skip_final_snapshot"] is False or _is_replica(v),
        "is a replica that would leave a snapshot, which RDS refuses":
            lambda v: v["skip_final_snapshot"] is True or not _is_replica(v),
        "is a replica with a password of its own":
            lambda v: not v.get("password_wo_version") or not _is_replica(v),
        "has its password in the state": lambda v: v.get("password") is None,
        "runs no long-term release": lambda v: (
            v["engine_version"].startswith(("10.11", "11.4", "11.8")) or _is_replica(v)),
    }
    problems = [p for text, fine in wants.items() for p in _must(instances, text, fine)]
    problems += _must(found.of("aws_db_parameter_group"), "takes connections without TLS",
                      lambda v: any(p["name"] == "require_secure_transport" and p["value"] == "1"
                                    for p in v["parameter"]))
    return problems


def multi_az(found: Resources) -> list[Problem]:
    return _must(found.of("aws_db_instance"), "has no standby",
                 lambda v: v["multi_az"] or _is_replica(v))


def secrets(found: Resources) -> list[Problem]:
    problems = _must(found.of("aws_secretsmanager_secret"), "is not encrypted with our key",
                     lambda v: bool(v["kms_key_id"]))
    problems += _must(found.of("aws_secretsmanager_secret"), "cannot be restored",
                      lambda v: v["recovery_window_in_days"] >= 7)
    problems += _must(found.of("aws_secretsmanager_secret_version"), "has its value in the state",
                      lambda v: not v.get("secret_string") or v.get("secret_string_wo_version"))
    problems += _must(found.of("aws_kms_key"), "does not rotate",
                      lambda v: v["enable_key_rotation"])
    return problems


def permissions(found: Resources) -> list[Problem]:
    """Roles may do named things to named resources; only a key's own policy may say kms:*."""
    problems = []
    for document in found.data("aws_iam_policy_document"):
        for statement in document.values.get("statement") or []:
            if statement.get("effect") == "Deny" or ".module.key." in f".{document.address}":
                continue
            actions, resources = statement["actions"] or [], statement["resources"] or []
            if any("*" in action for action in actions):
                problems.append((document.address, "allows actions by wildcard"))
            if "*" in resources:
                problems.append((document.address, "allows something on every resource"))
            if "secretsmanager:GetSecretValue" in actions and (
                    len(resources) != 1 or "*" in resources[0]):
                problems.append((document.address, "reads more than one secret"))
    return problems


def buckets(found: Resources) -> list[Problem]:
    problems = []
    count = len(found.of("aws_s3_bucket"))
    for kind in ("public_access_block", "ownership_controls", "versioning", "policy",
                 "server_side_encryption_configuration", "lifecycle_configuration"):
        if len(found.of(f"aws_s3_bucket_{kind}")) < count:
            problems.append((f"aws_s3_bucket_{kind}", "a bucket has none"))
    problems += _must(found.of("aws_s3_bucket_public_access_block"), "leaves a way open",
                      lambda v: all(v[f] for f in ("block_public_acls", "block_public_policy",
                                                   "ignore_public_acls", "restrict_public_buckets")))
    problems += _must(found.of("aws_s3_bucket_versioning"), "keeps no versions", lambda v: _first(
        v, "versioning_configuration").get("status") == "Enabled")
    problems += _must(found.of("aws_s3_bucket"), "is emptied by destroy",
                      lambda v: v["force_destroy"] is False)
    tls = [s for d in found.data("aws_iam_policy_document") for s in d.values.get("statement") or []
           if s.get("effect") == "Deny" and any(
               c["variable"] == "aws:SecureTransport" for c in s.get("condition") or [])]
    if len(tls) < count:
        problems.append(("aws_s3_bucket_policy", "a bucket is open without TLS"))
    return problems


def access_logs(found: Resources) -> list[Problem]:
    """What a load balancer needs to be able to write its log."""
    logging = [r for r in found.of("aws_lb") if _first(r.values, "access_logs").get("enabled")]
    problems = _must(logging, "has a log prefix with AWSLogs in it, which AWS adds itself",
                     lambda v: "AWSLogs" not in (_first(v, "access_logs").get("prefix") or ""))
    kinds = {r.values["bucket"]: _first(_first(r.values, "rule"),
                                        "apply_server_side_encryption_by_default")
             for r in found.of("aws_s3_bucket_server_side_encryption_configuration")}
    problems += _must(logging, "logs to a bucket with a KMS key, which it cannot use",
                      lambda v: kinds.get(_first(v, "access_logs")["bucket"], {}).get(
                          "sse_algorithm", "AES256") == "AES256")
    granted = [resource for d in found.data("aws_iam_policy_document")
               for s in d.values.get("statement") or [] if _writes_logs(s)
               for resource in s["resources"]]
    problems += _must(logging, "may not write its log: no grant for PREFIX/AWSLogs/ACCOUNT/*",
                      lambda v: any(re.search(
                          rf"/{re.escape(_first(v, 'access_logs').get('prefix') or '')}"
                          r"/AWSLogs/\d{12}/\*$", g) for g in granted))
    return problems


def _writes_logs(statement: dict) -> bool:
    services = [name for p in statement.get("principals") or [] for name in p["identifiers"]]
    return "s3:PutObject" in (statement["actions"] or []) and any(
        name.startswith("logdelivery.elasticloadbalancing.") for name in services)


def firewalls(found: Resources) -> list[Problem]:
    problems = []
    logged = {r.values["resource_arn"] for r in found.of("aws_wafv2_web_acl_logging_configuration")}
    guarding = {r.values["web_acl_arn"] for r in found.of("aws_wafv2_web_acl_association")}
    for acl in found.of("aws_wafv2_web_acl"):
        # Before CloudFront it is the distribution that names it, and logs every request.
        if acl.values["scope"] == "REGIONAL":
            problems += [(acl.address, problem) for arns, problem in (
                (logged, "logs nothing"), (guarding, "guards nothing"))
                if acl.values["arn"] not in arns]
        problems += [(acl.address, f"does not measure {rule['name']}")
                     for rule in acl.values.get("rule") or []
                     if not _first(rule, "visibility_config").get("cloudwatch_metrics_enabled")]
    for log in found.of("aws_wafv2_web_acl_logging_configuration"):
        redacted = {_first(f, "single_header").get("name")
                    for f in log.values.get("redacted_fields") or []}
        if missing := {"authorization", "cookie"} - redacted:
            problems.append((log.address, f"logs credentials: {', '.join(sorted(missing))}"))
    return problems


def names(found: Resources) -> list[Problem]:
    problems = _must(found.of("aws_acm_certificate"), "is not validated by DNS",
                     lambda v: v["validation_method"] == "DNS")
    problems += _must(found.of("aws_route53_zone"), "takes foreign records with it",
                      lambda v: v["force_destroy"] is False)
    return problems


def logs(found: Resources) -> list[Problem]:
    problems = _must(found.of("aws_cloudwatch_log_group"), "is kept for ever",
                     lambda v: (v["retention_in_days"] or 0) > 0)
    problems += _must(found.of("aws_cloudwatch_log_group"), "is not encrypted with our key",
                      lambda v: bool(v["kms_key_id"]))
    return problems


def tags(found: Resources) -> list[Problem]:
    """The provider's default tags reach every resource but launched instances and volumes."""
    return _must(found.of("aws_launch_template"), "does not tag its instances", lambda v: {
        "instance", "volume"} <= {s["resource_type"] for s in v["tag_specifications"]})


RULES: dict[str, Callable[[Resources], list[Problem]]] = {
    rule.__name__.replace("_", "-"): rule
    for rule in (network, peering, security_groups, load_balancers, fleets, database, multi_az,
                 secrets, permissions, buckets, access_logs, firewalls, names, logs, tags)
}


def read_exceptions(text: str) -> dict[tuple[str, str], str]:
    """Lines RULE ADDRESS REASON => (rule, address) and the reason."""
    exceptions = {}
    for number, line in enumerate(text.splitlines(), start=1):
        words = line.split("#")[0].split(maxsplit=2)
        if len(words) == 3:
            exceptions[(words[0], words[1])] = words[2]
        elif words:
            raise ValueError(f"line {number}: must be RULE ADDRESS REASON")
    return exceptions


def judge(plans: dict[str, list[Resource]],
          exceptions: dict[tuple[str, str], str]) -> dict[str, list[str]]:
    """Plan => its resources. Rule => what is wrong and has no reason. An exception that nothing
    needs is wrong, too."""
    used, left = set(), {name: [] for name in RULES}
    for plan, resources in plans.items():
        found = Resources(resources)
        for name, rule in RULES.items():
            for address, problem in rule(found):
                bare = re.sub(r"\[[^]]*\]", "", address)
                used.add((name, bare))
                if (name, bare) not in exceptions:
                    left[name].append(f"{plan}: {address} {problem}")
    for name, address in exceptions.keys() - used:
        left.setdefault(name, []).append(f"the exception for {address} is needed no more")
    return left


_BLOCK = re.compile(r'^(variable|output) "(\w+)" \{\n(.*?)^\}', re.MULTILINE | re.DOTALL)


def text_problems(directory: Path) -> list[str]:
    """What Terraform does not insist on: descriptions, types, validations, no stray provider."""
    problems = []
    for path in sorted(directory.rglob("*.tf")):
        if "tests" in path.relative_to(directory).parts:
            continue
        text, where = path.read_text(), path.relative_to(directory)
        for kind, name, body in _BLOCK.findall(text):
            wanted = ["description"] if kind == "output" else ["description", "type"]
            if kind == "variable":
                is_bool = re.search(r"^  type\s+= bool$", body, re.MULTILINE)
                wanted += [] if is_bool or name in ("tags",) else ["validation"]
                is_null = re.search(r"^  default\s+= null$", body, re.MULTILINE)
                wanted += [] if is_null else ["nullable"]
            problems += [f"{where}: {kind} {name} has no {word}" for word in wanted
                         if not re.search(rf"^  {word}\b", body, re.MULTILINE)]
        if "modules" in where.parts and re.search(r'^provider "', text, re.MULTILINE):
            problems.append(f"{where}: a module configures no provider")
        if re.search(r"(?i)password\s*=\s*\"[^\"$]", text):
            problems.append(f"{where}: a password in the text")
    for module in sorted({p.parent for p in directory.rglob("main.tf") if "tests" not in p.parts}):
        if not (module / "versions.tf").is_file():
            problems.append(f"{module.relative_to(directory)}: no versions.tf")
    return problems
