"""What a region's plan costs a month: pure functions of (resources, prices, assumptions).

Money is in micro-dollars, whole numbers; a line is rounded once, half up, and sums add lines."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from scv_tools.infra_policy_resources import Resource, first

MICRO = 1_000_000

# What a plan does not say. `./scv cost --assume NAME=VALUE` overrides one.
ASSUMPTIONS = {
    "hours": (730, "hours in a month"),
    "data_out_gb": (50, "GB to clients, per region"),
    "nat_gb": (20, "GB through each NAT gateway"),
    "zone_gb": (50, "GB between zones, per region"),
    "peer_gb": (5, "GB to the other region, where there is a peer"),
    "lcu": (1, "capacity units of each load balancer, on average"),
    "requests_million": (10, "million requests a month, per region"),
    "bucket_gb": (10, "GB in each bucket"),
    "flow_log_gb": (5, "GB of flow logs, per region"),
    "log_gb": (1, "GB into each log group"),
    "build_minutes": (60, "minutes that each pipeline builds"),
    "detailed_metrics": (7, "metrics of an instance with detailed monitoring"),
    "agent_metrics": (5, "metrics of the CloudWatch agent, per instance and once more per fleet"),
}


@dataclass(frozen=True)
class Line:
    service: str
    what: str
    quantity: Decimal
    unit: str
    price: Decimal  # US dollars per unit
    verified: bool

    @property
    def micros(self) -> int:
        exact = self.quantity * self.price * MICRO
        return int(exact.to_integral_value(ROUND_HALF_UP))


@dataclass(frozen=True)
class Estimate:
    region: str
    lines: list[Line]
    not_priced: dict[str, int]  # type or thing → how many

    @property
    def micros(self) -> int:
        return sum(line.micros for line in self.lines)

    def by_service(self) -> dict[str, int]:
        sums: dict[str, int] = {}
        for line in self.lines:
            sums[line.service] = sums.get(line.service, 0) + line.micros
        return dict(sorted(sums.items(), key=lambda item: -item[1]))


class _Bill:
    def __init__(self, prices: dict, region: str, assumed: dict[str, Decimal]):
        self.assumed = assumed
        self.lines: list[Line] = []
        self.not_priced: dict[str, int] = {}
        self._prices = {**prices["everywhere"], **prices["regions"].get(region, {})}

    def add(self, service: str, what: str, name: str, quantity: Decimal | int) -> None:
        price = self._prices.get(name)
        if price is None:
            self.skip(name)
        elif quantity:
            self.lines.append(Line(service, what, Decimal(quantity), price["per"],
                                   Decimal(str(price["usd"])), price["verified"]))

    def skip(self, name: str) -> None:
        self.not_priced[name] = self.not_priced.get(name, 0) + 1


def _module(resource: Resource) -> str:
    return resource.address[:resource.address.index(resource.type)]


def _group(bill: _Bill, group: Resource, all_of: list[Resource]) -> None:
    """A fleet at its desired size, or its smallest one; the launch template is its module's."""
    template = next((r.values for r in all_of if r.type == "aws_launch_template"
                     and _module(r) == _module(group)), {})
    count = int(group.values.get("desired_capacity") or group.values.get("min_size") or 0)
    kind = template.get("instance_type") or "of an unknown type"
    name = group.values.get("name") or group.address
    bill.add("EC2", f"{count} × {kind} of {name}", f"ec2 {kind}", count * bill.assumed["hours"])
    disk = first(first(template, "block_device_mappings"), "ebs")
    size = int(disk.get("volume_size") or 8)
    bill.add("EC2", f"{count} disks of {size} GB of {name}",
             f"ebs {disk.get('volume_type') or 'gp3'}", count * size)
    if first(template, "monitoring").get("enabled"):
        bill.add("CloudWatch", f"detailed monitoring of {name}", "metric",
                 count * bill.assumed["detailed_metrics"])
    # Who may publish metrics does: modules/monitoring lets the fleets' roles do so.
    if any(r.type == "aws_iam_role_policy" and ".aws_iam_role_policy.agent[" in r.address
           for r in all_of):
        bill.add("CloudWatch", f"the agent's metrics of {name}", "metric",
                 (count + 1) * bill.assumed["agent_metrics"])


def _instance(bill: _Bill, resource: Resource, _all: list[Resource]) -> None:
    kind = resource.values.get("instance_type")
    name = (resource.values.get("tags") or {}).get("Name", resource.address)
    bill.add("EC2", f"{kind}, {name}", f"ec2 {kind}", bill.assumed["hours"])
    disk = first(resource.values, "root_block_device")
    bill.add("EC2", f"disk of {name}", f"ebs {disk.get('volume_type') or 'gp3'}",
             int(disk.get("volume_size") or 8))


def _database(bill: _Bill, resource: Resource, _all: list[Resource]) -> None:
    values = resource.values
    copies = 2 if values.get("multi_az") else 1
    kind, standby = values.get("instance_class"), " and its standby" if copies == 2 else ""
    bill.add("RDS", f"{kind}{standby}", f"rds {kind}", copies * bill.assumed["hours"])
    # A replica has its source's size, which a plan of its own region cannot know.
    size = int(values.get("allocated_storage") or 20)
    bill.add("RDS", f"storage{standby}", f"rds {values.get('storage_type') or 'gp3'}",
             copies * size)


def _load_balancer(bill: _Bill, resource: Resource, _all: list[Resource]) -> None:
    name, hours = resource.values.get("name"), bill.assumed["hours"]
    bill.add("Load balancing", f"{name}", "alb", hours)
    bill.add("Load balancing", f"capacity units of {name}", "lcu", hours * bill.assumed["lcu"])
    if not resource.values.get("internal"):
        # One address in each of its zones.
        zones = len(resource.values.get("subnets") or []) or len({
            r.address for r in _all if r.type == "aws_subnet"
            and '"public-' in r.address}) or 2
        bill.add("VPC", f"{zones} public addresses of {name}", "public ipv4", zones * hours)


def _nat(bill: _Bill, resource: Resource, _all: list[Resource]) -> None:
    bill.add("VPC", "NAT gateway", "nat gateway", bill.assumed["hours"])
    bill.add("VPC", "data through it", "nat data", bill.assumed["nat_gb"])


def _secret(bill: _Bill, resource: Resource, _all: list[Resource]) -> None:
    copies = 1 + len(resource.values.get("replica") or [])
    bill.add("Secrets Manager", resource.values.get("name") or "secret", "secret", copies)


def _endpoint(bill: _Bill, resource: Resource, _all: list[Resource]) -> None:
    if resource.values.get("vpc_endpoint_type") == "Interface":
        zones = len(resource.values.get("subnet_ids") or []) or 1
        bill.add("VPC", "interface endpoint", "interface endpoint",
                 zones * bill.assumed["hours"])


def _web_acl(bill: _Bill, resource: Resource, _all: list[Resource]) -> None:
    bill.add("WAF", "web ACL", "web acl", 1)
    bill.add("WAF", "its rules", "web acl rule", len(resource.values.get("rule") or []))
    bill.add("WAF", "requests", "web acl requests", bill.assumed["requests_million"])


def _pipeline(bill: _Bill, resource: Resource, _all: list[Resource]) -> None:
    minutes = bill.assumed["build_minutes"]
    bill.add("Code series", resource.values.get("name") or "pipeline", "pipeline", minutes)
    bill.add("Code series", "builds", "build", minutes)


def _alarm(bill: _Bill, resource: Resource, _all: list[Resource]) -> None:
    """An alarm on an expression is billed for each metric in it."""
    queries = resource.values.get("metric_query") or []
    bill.add("CloudWatch", "metrics with an alarm", "alarm",
             sum(1 for query in queries if query.get("metric")) or 1)


def _one(service: str, what: str, price: str, quantity: str | int = 1) -> Callable:
    def priced(bill: _Bill, _resource: Resource, _all: list[Resource]) -> None:
        bill.add(service, what, price,
                 quantity if isinstance(quantity, int) else bill.assumed[quantity])
    return priced


PRICED: dict[str, Callable[[_Bill, Resource, list[Resource]], None]] = {
    "aws_autoscaling_group": _group,
    "aws_instance": _instance,
    "aws_db_instance": _database,
    "aws_lb": _load_balancer,
    "aws_nat_gateway": _nat,
    "aws_eip": _one("VPC", "elastic IP", "public ipv4", "hours"),
    "aws_flow_log": _one("VPC", "flow logs", "logs to s3", "flow_log_gb"),
    "aws_vpc_endpoint": _endpoint,
    "aws_kms_key": _one("KMS", "key", "kms key"),
    "aws_secretsmanager_secret": _secret,
    "aws_route53_zone": _one("Route 53", "hosted zone", "hosted zone"),
    "aws_s3_bucket": _one("S3", "storage", "s3 storage", "bucket_gb"),
    "aws_cloudwatch_metric_alarm": _alarm,
    "aws_cloudwatch_log_metric_filter": _one("CloudWatch", "metrics of logs", "metric"),
    "aws_cloudwatch_composite_alarm": _one("CloudWatch", "composite alarms", "composite alarm"),
    "aws_cloudwatch_dashboard": _one("CloudWatch", "dashboard", "dashboard"),
    "aws_cloudwatch_log_group": _one("CloudWatch", "logs", "logs ingested", "log_gb"),
    "aws_wafv2_web_acl": _web_acl,
    "aws_codepipeline": _pipeline,
}


def estimate(region: str, resources: Iterable[Resource], prices: dict,
             assumed: dict[str, Decimal], has_peer: bool) -> Estimate:
    """A region without prices has everything that is billed there under `not_priced`."""
    ours = [r for r in resources if r.mode == "managed"]
    bill = _Bill(prices, region, assumed)
    for resource in ours:
        if resource.type in PRICED:
            PRICED[resource.type](bill, resource, ours)
        elif resource.type not in prices["free"]:
            bill.skip(resource.type)
    if ours:
        bill.add("Data transfer", "to clients", "data out", assumed["data_out_gb"])
        bill.add("Data transfer", "between zones", "data between zones", assumed["zone_gb"])
        if has_peer:
            bill.add("Data transfer", "to the other region", "data between regions",
                     assumed["peer_gb"])
    return Estimate(region, _merged(bill.lines), bill.not_priced)


def services_of(estimates: Iterable[Estimate]) -> dict[str, int]:
    """The sum per service of several regions, the dearest first."""
    sums: dict[str, int] = {}
    for estimate_ in estimates:
        for service, micros in estimate_.by_service().items():
            sums[service] = sums.get(service, 0) + micros
    return dict(sorted(sums.items(), key=lambda item: -item[1]))


def _merged(lines: list[Line]) -> list[Line]:
    """Lines of the same thing as one."""
    found: dict[tuple, Line] = {}
    for line in lines:
        key = (line.service, line.what, line.price)
        if key in found:
            line = Line(line.service, line.what, found[key].quantity + line.quantity, line.unit,
                        line.price, line.verified)
        found[key] = line
    return list(found.values())


def dollars(micros: int) -> str:
    return f"{Decimal(micros) / MICRO:,.2f}"
