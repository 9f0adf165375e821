"""The settings that no resource of infra/ may lack. Rules look at the values that
Terraform computes (the state of a run against mocks), not at the text, so a default or a variable
that goes wrong is seen, too. A rule returns what is wrong, as (address, problem)."""

import base64
import re
from collections.abc import Callable
from pathlib import Path

from scv_tools.infra_policy_resources import (
    Problem, Resource, Resources, first, module_of, must, read_module)
from scv_tools.infra_policy_surroundings import (
    access_logs, firewalls, logs, messages, pipelines)

__all__ = ["Resource", "Resources", "RULES", "judge", "read_exceptions", "read_module",
           "text_problems"]

EVERYWHERE = {"0.0.0.0/0", "::/0"}


def network(found: Resources) -> list[Problem]:
    problems = must(found.of("aws_subnet"), "gives out public addresses",
                    lambda v: v["map_public_ip_on_launch"] is False)
    problems += must(found.of("aws_vpc"), "has no DNS",
                     lambda v: v["enable_dns_support"] and v["enable_dns_hostnames"])
    problems += must(found.of("aws_default_security_group"), "has rules",
                     lambda v: not v.get("ingress") and not v.get("egress"))
    problems += must(found.of("aws_eip"), "is not of the VPC", lambda v: v["domain"] == "vpc")
    if len(found.of("aws_flow_log")) < len(found.of("aws_vpc")):
        problems.append(("aws_flow_log", "a VPC without flow logs"))
    gateways = [v for v in found.of("aws_vpc_endpoint")
                if v.values["service_name"].endswith(".s3")]
    if found.of("aws_vpc") and not gateways:
        problems.append(("aws_vpc_endpoint", "no gateway endpoint for S3"))
    databases = {r.values["id"] for r in found.of("aws_route_table")
                 if (r.values.get("tags") or {}).get("Tier") == "db"}
    problems += must(found.of("aws_route"), "a default route of a database subnet",
                     lambda v: v["route_table_id"] not in databases)
    return problems


def peering(found: Resources) -> list[Problem]:
    """What crosses between the regions is a tier's, never a whole VPC's or everything."""
    routes = [r for r in found.of("aws_route") if r.values.get("vpc_peering_connection_id")]
    return must(routes, "leads to more than one tier of the other VPC",
                lambda v: int(v["destination_cidr_block"].partition("/")[2] or 0) >= 20)


def security_groups(found: Resources) -> list[Problem]:
    ingress = found.of("aws_vpc_security_group_ingress_rule")
    egress = found.of("aws_vpc_security_group_egress_rule")
    groups = found.of("aws_security_group")
    problems = must(ingress + egress + groups, "has no description",
                    lambda v: bool(v.get("description")))
    problems += must(groups, "has rules in itself; use rule resources",
                     lambda v: not v.get("ingress") and not v.get("egress"))
    problems += must(ingress + egress, "allows every protocol", lambda v: v["ip_protocol"] != "-1")
    problems += must(ingress, "opens SSH", lambda v: not v["from_port"] <= 22 <= v["to_port"])
    fronts = {g.values["id"] for g in groups if g.values["name"].endswith("-front-alb")}
    problems += must(ingress, "is open to everyone, and not 80 or 443 of the front load balancer",
                     lambda v: v.get("cidr_ipv4") not in EVERYWHERE or (
                         v["security_group_id"] in fronts and v["from_port"] == v["to_port"]
                         and v["from_port"] in (80, 443)))
    problems += must(egress, "leads everywhere, and not to 443 alone",
                     lambda v: v.get("cidr_ipv4") not in EVERYWHERE
                     or v["from_port"] == v["to_port"] == 443)
    return problems


def load_balancers(found: Resources) -> list[Problem]:
    balancers, listeners = found.of("aws_lb"), found.of("aws_lb_listener")
    problems = must(balancers, "keeps invalid headers", lambda v: v["drop_invalid_header_fields"])
    problems += must(balancers, "is not protected from deletion",
                     lambda v: v["enable_deletion_protection"])
    problems += must(balancers, "is weak against desync attacks",
                     lambda v: v["desync_mitigation_mode"] in ("defensive", "strictest"))
    problems += must(balancers, "has no access log",
                     lambda v: first(v, "access_logs").get("enabled") is True)
    problems += must(listeners, "serves without TLS, and does not redirect",
                     lambda v: v["protocol"] == "HTTPS"
                     or first(first(v, "default_action"), "redirect").get("protocol") == "HTTPS")
    https = [r for r in listeners if r.values["protocol"] == "HTTPS"]
    problems += must(https, "allows TLS below 1.2",
                     lambda v: v["ssl_policy"].startswith("ELBSecurityPolicy-TLS13-1-"))
    # A load balancer and its listeners share a module; ARNs may be mocked, and all the same.
    public = {module_of(r) for r in balancers if not r.values["internal"]}
    header = "routing_http_response_strict_transport_security_header_value"
    problems += must([r for r in https if module_of(r) in public],
                     "sends no Strict-Transport-Security",
                     lambda v: str(v.get(header)).startswith("max-age="))
    problems += must(found.of("aws_lb_target_group"), "has no health check",
                     lambda v: first(v, "health_check").get("path", "").startswith("/"))
    return problems


_SECRET_TEXT = re.compile(r"AKIA[A-Z0-9]{16}|PRIVATE KEY|(?i:password\s*=\s*['\"]?[A-Za-z0-9])")


def _user_data_is_clean(values: dict) -> bool:
    return not _SECRET_TEXT.search(base64.b64decode(values["user_data"] or "").decode())


def fleets(found: Resources) -> list[Problem]:
    templates, groups = found.of("aws_launch_template"), found.of("aws_autoscaling_group")
    problems = must(templates, "allows metadata version 1, or more than one hop", lambda v: (
       first(v, "metadata_options").get("http_tokens") == "required"
       and first(v, "metadata_options").get("http_put_response_hop_limit") == 1))
    problems += must(templates, "gives out public addresses", lambda v: first(
       v, "network_interfaces").get("associate_public_ip_address") in (False, "false"))
    problems += must(templates, "has a volume that is not encrypted", lambda v: all(
       first(m, "ebs").get("encrypted") in (True, "true") for m in v["block_device_mappings"])
       and bool(v["block_device_mappings"]))
    problems += must(templates, "has no instance profile",
                     lambda v: bool(first(v, "iam_instance_profile").get("name")))
    problems += must(templates, "has a secret in its user data", _user_data_is_clean)
    problems += must(groups, "does not look at the load balancer's health checks",
                     lambda v: v["health_check_type"] == "ELB")
    problems += must(groups, "does not roll back", lambda v: first(
       first(v, "instance_refresh"), "preferences").get("auto_rollback") is True)
    problems += must(groups, "names $Latest or $Default, which hides a change from the plan",
                     lambda v: "$" not in str(first(v, "launch_template").get("version")))
    problems += must(groups, "is in one zone", lambda v: len(v["vpc_zone_identifier"]) >= 2)
    problems += must(groups, "is not waited for",
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
    problems = [p for text, fine in wants.items() for p in must(instances, text, fine)]
    problems += must(found.of("aws_db_parameter_group"), "takes connections without TLS",
                     lambda v: any(p["name"] == "require_secure_transport" and p["value"] == "1"
                                   for p in v["parameter"]))
    return problems


def multi_az(found: Resources) -> list[Problem]:
    return must(found.of("aws_db_instance"), "has no standby",
                lambda v: v["multi_az"] or _is_replica(v))


def secrets(found: Resources) -> list[Problem]:
    problems = must(found.of("aws_secretsmanager_secret"), "is not encrypted with our key",
                    lambda v: bool(v["kms_key_id"]))
    problems += must(found.of("aws_secretsmanager_secret"), "cannot be restored",
                     lambda v: v["recovery_window_in_days"] >= 7)
    problems += must(found.of("aws_secretsmanager_secret_version"), "has its value in the state",
                     lambda v: not v.get("secret_string") or v.get("secret_string_wo_version"))
    problems += must(found.of("aws_kms_key"), "does not rotate",
                     lambda v: v["enable_key_rotation"])
    return problems


_OF_A_KEY = re.compile(r"(?:.*\.)?module\.(?:\w+_)?key(?:\[\d+\])?\.")


def permissions(found: Resources) -> list[Problem]:
    """Roles may do named things to named resources; only a key's own policy may say kms:*."""
    problems = []
    for document in found.data("aws_iam_policy_document"):
        for statement in document.values.get("statement") or []:
            if statement.get("effect") == "Deny" or _OF_A_KEY.match(document.address):
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
    problems += must(found.of("aws_s3_bucket_public_access_block"), "leaves a way open",
                     lambda v: all(v[f] for f in ("block_public_acls", "block_public_policy",
                                                  "ignore_public_acls", "restrict_public_buckets")))
    problems += must(found.of("aws_s3_bucket_versioning"), "keeps no versions", lambda v: first(
       v, "versioning_configuration").get("status") == "Enabled")
    problems += must(found.of("aws_s3_bucket"), "is emptied by destroy",
                     lambda v: v["force_destroy"] is False)
    tls = [s for d in found.data("aws_iam_policy_document") for s in d.values.get("statement") or []
           if s.get("effect") == "Deny" and any(
               c["variable"] == "aws:SecureTransport" for c in s.get("condition") or [])]
    if len(tls) < count:
        problems.append(("aws_s3_bucket_policy", "a bucket is open without TLS"))
    return problems


def names(found: Resources) -> list[Problem]:
    problems = must(found.of("aws_acm_certificate"), "is not validated by DNS",
                    lambda v: v["validation_method"] == "DNS")
    problems += must(found.of("aws_route53_zone"), "takes foreign records with it",
                     lambda v: v["force_destroy"] is False)
    return problems


def tags(found: Resources) -> list[Problem]:
    """The provider's default tags reach every resource but launched instances and volumes."""
    return must(found.of("aws_launch_template"), "does not tag its instances", lambda v: {
       "instance", "volume"} <= {s["resource_type"] for s in v["tag_specifications"]})


RULES: dict[str, Callable[[Resources], list[Problem]]] = {
    rule.__name__.replace("_", "-"): rule
    for rule in (network, peering, security_groups, load_balancers, fleets, database, multi_az,
                 secrets, permissions, buckets, access_logs, firewalls, names, logs, messages,
                 pipelines, tags)
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
