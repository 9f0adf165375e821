"""AWS's price list files, and what of them infra/prices.json wants.

The files' form is in AWS's Billing user guide, "Reading the price list files":
https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/
A price is taken when exactly one is found. A usage type that AWS calls otherwise one day is
reported and its entry stays as it was, unverified: nothing is guessed."""

import copy
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path

ROOT_URL = "https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws"
FILE_BYTES_MAX = 2 << 30
USD_MAX = 100_000
# What usage types of a region begin with.
CODES = {"ap-northeast-2": "APN2", "ap-northeast-1": "APN1"}


class ListError(Exception):
    """What is wrong with a file, and the remedy."""


@dataclass(frozen=True)
class Selector:
    """Which product a price is of. `times` turns AWS's unit into the table's."""
    offers: tuple[str, ...]
    usage: str  # with {code}, {peer} (codes of this region and the other one) and {region}
    attributes: dict[str, str] = field(default_factory=dict)
    times: int = 1


_APPLICATION = {"operation": "LoadBalancing:Application"}
SELECTORS = {
    "ebs gp3": Selector(("AmazonEC2",), "{code}-EBS:VolumeUsage.gp3"),
    "rds gp3": Selector(("AmazonRDS",), "{code}-RDS:GP3-Storage",
                        {"deploymentOption": "Single-AZ"}),
    "nat gateway": Selector(("AmazonEC2", "AmazonVPC"), "{code}-NatGateway-Hours"),
    "nat data": Selector(("AmazonEC2", "AmazonVPC"), "{code}-NatGateway-Bytes"),
    "alb": Selector(("AWSELB",), "{code}-LoadBalancerUsage", _APPLICATION),
    "lcu": Selector(("AWSELB",), "{code}-LCUUsage", _APPLICATION),
    "data out": Selector(("AWSDataTransfer",), "{code}-DataTransfer-Out-Bytes",
                         {"transferType": "AWS Outbound"}),
    # AWS bills a GB between zones where it leaves and where it arrives.
    "data between zones": Selector(("AWSDataTransfer",), "{code}-DataTransfer-Regional-Bytes",
                                   {"transferType": "IntraRegion"}, times=2),
    "data between regions": Selector(("AWSDataTransfer",), "{code}-{peer}-AWS-Out-Bytes"),
    "s3 storage": Selector(("AmazonS3",), "{code}-TimedStorage-ByteHrs"),
    "logs to s3": Selector(("AmazonCloudWatch",), "{code}-S3-Egress-Bytes"),
    "logs ingested": Selector(("AmazonCloudWatch",), "{code}-DataProcessing-Bytes"),
    "interface endpoint": Selector(("AmazonVPC",), "{code}-VpcEndpoint-Hours"),
    "public ipv4": Selector(("AmazonVPC",), "{code}-PublicIPv4:InUseAddress"),
    "kms key": Selector(("awskms",), "{region}-KMS-Keys"),
    "secret": Selector(("AWSSecretsManager",), "{code}-AWSSecretsManager-Secrets"),
    "hosted zone": Selector(("AmazonRoute53",), "HostedZone"),
    "alarm": Selector(("AmazonCloudWatch",), "{code}-CW:AlarmMonitorUsage"),
    "composite alarm": Selector(("AmazonCloudWatch",), "{code}-CW:CompositeAlarmMonitorUsage"),
    "dashboard": Selector(("AmazonCloudWatch",), "DashboardsUsageHour"),
    "metric": Selector(("AmazonCloudWatch",), "{code}-CW:MetricMonitorUsage"),
    "web acl": Selector(("awswaf",), "{code}-WebACLV2"),
    "web acl rule": Selector(("awswaf",), "{code}-RuleV2"),
    "web acl requests": Selector(("awswaf",), "{code}-RequestV2-Tier1", times=1_000_000),
    "pipeline": Selector(("AWSCodePipeline",), "{code}-actionExecutionMinute"),
    "build": Selector(("CodeBuild",), "{code}-Build-Min:Linux:g1.small"),
}


def selector(name: str) -> Selector | None:
    kind, _, what = name.partition(" ")
    if kind == "ec2":
        return Selector(("AmazonEC2",), f"{{code}}-BoxUsage:{what}", {
            "operation": "RunInstances", "tenancy": "Shared", "operatingSystem": "Linux",
            "preInstalledSw": "NA", "capacitystatus": "Used"})
    if kind == "rds" and what.startswith("db."):
        return Selector(("AmazonRDS",), f"{{code}}-InstanceUsage:{what}",
                        {"databaseEngine": "MariaDB", "deploymentOption": "Single-AZ"})
    return SELECTORS.get(name)


@dataclass(frozen=True)
class Product:
    attributes: dict[str, str]
    usd: tuple[Decimal, ...]  # of each of its terms, the first range that costs anything


@dataclass(frozen=True)
class Offer:
    """One file."""
    code: str
    date: str  # YYYY-MM-DD of its publication
    products: dict[str, list[Product]]  # by usage type


def read_offer(file: Path, wanted: set[str]) -> Offer:
    """`wanted`: usage types; the rest of a file of hundreds of MB is let go while it is read."""
    def keep(item: dict) -> dict | None:
        if "attributes" in item and item["attributes"].get("usagetype") not in wanted:
            return None
        return None if item.get("termAttributes") else item  # reserved instances' terms

    try:
        if file.stat().st_size > FILE_BYTES_MAX:
            raise ListError(f"{file} has more than {FILE_BYTES_MAX >> 30} GiB: "
                            "take a region's file")
        content = json.loads(file.read_bytes(), object_hook=keep, parse_float=Decimal)
        terms = content["terms"].get("OnDemand") or {}
        products: dict[str, list[Product]] = {}
        for sku, product in content["products"].items():
            if product is not None:
                found = Product(product["attributes"], _prices((terms.get(sku) or {}).values()))
                products.setdefault(found.attributes["usagetype"], []).append(found)
        return Offer(content["offerCode"], content["publicationDate"][:10], products)
    except OSError as error:
        raise ListError(f"{file}: {error.strerror}") from None
    except (ValueError, KeyError, TypeError, AttributeError, InvalidOperation) as error:
        raise ListError(f"{file} is no price list file of AWS in JSON ({error!r}): "
                        "tools/refresh_prices --urls names the files") from None


def _prices(terms: Iterable[dict | None]) -> tuple[Decimal, ...]:
    found = []
    for term in terms:
        ranges = sorted((term or {}).get("priceDimensions", {}).values(),
                        key=lambda range_: Decimal(range_.get("beginRange") or 0))
        paid = [Decimal(range_["pricePerUnit"]["USD"]) for range_ in ranges
                if Decimal(range_["pricePerUnit"].get("USD", 0)) > 0]
        found += paid[:1]
    return tuple(found)


def _usage(chosen: Selector, region: str) -> str:
    peer = next(code for name, code in CODES.items() if name != region)
    return chosen.usage.format(code=CODES[region], peer=peer, region=region)


def wanted_usage(prices: dict) -> set[str]:
    names = {name for table in (prices["everywhere"], *prices["regions"].values())
             for name in table}
    return {_usage(chosen, region) for name in names if (chosen := selector(name))
            for region in CODES}


def urls(prices: dict) -> list[str]:
    """The files that the table's prices are in."""
    names = [(name, list(CODES)) for name in prices["everywhere"]]
    names += [(name, [region]) for region, table in prices["regions"].items() for name in table]
    found = set()
    for name, regions in names:
        chosen = selector(name)
        for offer in chosen.offers if chosen else ():
            for region in regions:
                place = "" if offer == "AmazonRoute53" else f"{region}/"
                found.add(f"{ROOT_URL}/{offer}/current/{place}index.json")
    return sorted(found)


def _look_up(name: str, regions: Iterable[str], offers: list[Offer]) -> tuple[Decimal, Offer] | str:
    """The one price of that name, or why there is none."""
    chosen = selector(name)
    if chosen is None:
        return "nothing says where it is in the price lists (tools/scv_tools/price_lists.py)"
    usages = {_usage(chosen, region) for region in regions}
    found, absent = [], []
    for usage in sorted(usages):
        here = [(usd * chosen.times, offer) for offer in offers if offer.code in chosen.offers
                for product in offer.products.get(usage, [])
                if chosen.attributes.items() <= product.attributes.items() for usd in product.usd]
        found += here
        absent += [] if here else [usage]
    if absent:
        return f"not in these files ({' or '.join(chosen.offers)}: {', '.join(absent)})"
    amounts = sorted({usd for usd, _ in found})
    if len(amounts) > 1:
        return f"several prices ({', '.join(f'{usd.normalize():f}' for usd in amounts)})"
    if not amounts[0].is_finite() or amounts[0] > USD_MAX:
        return f"{amounts[0]} US dollars is no price"
    # Of several files that agree, the oldest says how old the agreement is.
    return amounts[0], min((offer for _, offer in found), key=lambda offer: offer.date)


def refreshed(prices: dict, offers: list[Offer]) -> tuple[dict, list[str], list[str]]:
    """The table with what the files say; what changed; what was not found and stays as it was."""
    result, changes, missing = copy.deepcopy(prices), [], []
    tables = [("everywhere", list(CODES), result["everywhere"])]
    tables += [(region, [region], table) for region, table in result["regions"].items()]
    for place, regions, table in tables:
        for name, entry in table.items():
            found = _look_up(name, regions, offers)
            if isinstance(found, str):
                missing.append(f"{place}: {name}: {found}")
                continue
            usd, offer = float(found[0]), found[1]
            if usd != entry["usd"]:
                changes.append(f"{place}: {name}: {entry['usd']} → {usd} per {entry['per']}")
            entry |= {"usd": usd, "verified": True, "source": f"price list {offer.code}",
                      "date": offer.date}
    return result, changes, missing


def rendered(prices: dict) -> str:
    """The table's text: a line for each price."""
    def line(item: object) -> str:
        return json.dumps(item, ensure_ascii=False)

    def block(items: dict, indent: str) -> str:
        lines = [f"{indent}  {line(name)}: {line(item)}" for name, item in items.items()]
        return "{\n" + ",\n".join(lines) + f"\n{indent}}}"

    parts = []
    for name, item in prices.items():
        if name == "regions":
            regions = [f"    {line(region)}: {block(table, '    ')}"
                       for region, table in item.items()]
            parts.append('  "regions": {\n' + ",\n".join(regions) + "\n  }")
        else:
            text = block(item, "  ") if isinstance(item, dict) else line(item)
            parts.append(f"  {line(name)}: {text}")
    return "{\n" + ",\n".join(parts) + "\n}\n"
