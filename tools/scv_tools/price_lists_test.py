import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from scv_tools import price_lists
from scv_tools.tree import ROOT

TABLE = ROOT / "infra/prices.json"
APPLICATION = {"operation": "LoadBalancing:Application"}


def offer(code: str, *products: tuple[str, dict, list[tuple[str, str]]], date: str = "2026-11-20",
          reserved: dict | None = None) -> dict:
    """A price list file: (usage type, further attributes, [(beginning of the range, USD)])."""
    listed, terms = {}, {}
    for number, (usage, attributes, ranges) in enumerate(products):
        sku = f"SKU{number}"
        listed[sku] = {"sku": sku, "productFamily": "any",
                       "attributes": {"usagetype": usage, **attributes}}
        terms[sku] = {f"{sku}.T": {"sku": sku, "termAttributes": {}, "priceDimensions": {
            f"{sku}.T.{at}": {"beginRange": begin, "unit": "any", "pricePerUnit": {"USD": usd}}
            for at, (begin, usd) in enumerate(ranges)}}}
    return {"formatVersion": "v1.0", "offerCode": code, "publicationDate": f"{date}T01:02:03Z",
            "products": listed, "terms": {"OnDemand": terms, "Reserved": reserved or {}}}


ELB = offer("AWSELB",
            ("APN2-LoadBalancerUsage", APPLICATION, [("0", "0.0300000000")]),
            ("APN2-LoadBalancerUsage", {"operation": "LoadBalancing:Network"}, [("0", "0.04")]),
            ("APN2-TS-LoadBalancerUsage", APPLICATION, [("0", "0.05")]))


class PriceListsTest(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.place = Path(directory.name)
        self.prices = json.loads(TABLE.read_text())

    def file(self, content: object, name: str = "index.json") -> Path:
        path = self.place / name
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        return path

    def refreshed(self, *files: dict) -> tuple[dict, list[str], list[str]]:
        wanted = price_lists.wanted_usage(self.prices)
        return price_lists.refreshed(self.prices, [
            price_lists.read_offer(self.file(content), wanted) for content in files])

    def test_every_price_of_the_table_can_be_looked_up(self):
        tables = (self.prices["everywhere"], *self.prices["regions"].values())
        self.assertEqual([name for table in tables for name in table
                          if price_lists.selector(name) is None], [])
        self.assertEqual(set(self.prices["regions"]), set(price_lists.CODES))

    def test_the_tables_text_is_what_is_written(self):
        self.assertEqual(price_lists.rendered(self.prices), TABLE.read_text())

    def test_the_product_that_is_meant_is_taken_and_says_where_from(self):
        result, changes, missing = self.refreshed(ELB)
        entry = result["regions"]["ap-northeast-2"]["alb"]
        self.assertEqual(entry, {"usd": 0.03, "per": "hour", "verified": True,
                                 "source": "price list AWSELB", "date": "2026-11-20"})
        self.assertEqual(len(changes), 1)
        self.assertIn("→ 0.03 per hour", changes[0])
        self.assertEqual(result["regions"]["ap-northeast-1"]["alb"],
                         self.prices["regions"]["ap-northeast-1"]["alb"])
        self.assertTrue(any(line.startswith("ap-northeast-1: alb: not in these files")
                            for line in missing), missing)

    def test_the_first_range_that_costs_anything_counts(self):
        found, _, _ = self.refreshed(offer("AWSDataTransfer", (
            "APN2-DataTransfer-Out-Bytes", {"transferType": "AWS Outbound"},
            [("10240", "0.2"), ("0", "0.0"), ("100", "0.3")])))
        self.assertEqual(found["regions"]["ap-northeast-2"]["data out"]["usd"], 0.3)

    def test_units_are_the_tables(self):
        found, _, _ = self.refreshed(
            offer("AWSDataTransfer", ("APN1-DataTransfer-Regional-Bytes",
                                      {"transferType": "IntraRegion"}, [("0", "0.01")])),
            offer("awswaf", *((f"{code}-RequestV2-Tier1", {}, [("0", "0.0000006000")])
                              for code in ("APN1", "APN2"))))
        self.assertEqual(found["regions"]["ap-northeast-1"]["data between zones"]["usd"], 0.02)
        self.assertEqual(found["everywhere"]["web acl requests"]["usd"], 0.6)

    def test_what_is_one_price_everywhere_must_be_so_in_every_region(self):
        def keys(first: str, second: str | None) -> str:
            products = [("ap-northeast-2-KMS-Keys", {}, [("0", first)])]
            products += [("ap-northeast-1-KMS-Keys", {}, [("0", second)])] if second else []
            result, _, missing = self.refreshed(offer("awskms", *products))
            self.assertEqual(result["everywhere"]["kms key"]["verified"], second == first)
            return "\n".join(line for line in missing if ": kms key: " in line)

        self.assertEqual(keys("1.5", "1.5"), "")
        self.assertIn("several prices (1.5, 2)", keys("1.5", "2.00"))
        self.assertIn("not in these files (awskms: ap-northeast-1-KMS-Keys)", keys("1.5", None))

    def test_reserved_instances_are_no_price(self):
        reserved = {"SKU0": {"SKU0.R": {
            "sku": "SKU0", "termAttributes": {"LeaseContractLength": "1yr"},
            "priceDimensions": {}}}}
        linux = {"operation": "RunInstances", "tenancy": "Shared", "operatingSystem": "Linux",
                 "preInstalledSw": "NA", "capacitystatus": "Used"}
        found, _, _ = self.refreshed(offer(
            "AmazonEC2", ("APN2-BoxUsage:t3.micro", linux, [("0", "0.5")]),
            ("APN2-BoxUsage:t3.micro", {**linux, "operatingSystem": "Windows"}, [("0", "0.9")]),
            reserved=reserved))
        self.assertEqual(found["regions"]["ap-northeast-2"]["ec2 t3.micro"]["usd"], 0.5)

    def test_what_is_no_price_list_is_refused(self):
        bad = offer("AWSELB", ("APN2-LCUUsage", APPLICATION, [("0", "much")]))
        for content in ("", "[]", "{}", '{"products": [], "terms": {}}', bad):
            with self.assertRaises(price_lists.ListError, msg=str(content)):
                price_lists.read_offer(self.file(content), {"APN2-LCUUsage"})
        with self.assertRaises(price_lists.ListError):
            price_lists.read_offer(self.place / "none", set())

    def test_the_command_writes_the_table_and_says_what_stays(self):
        table = self.file(TABLE.read_text(), "prices.json")
        command = [sys.executable, str(ROOT / "tools/refresh_prices"), "--table", str(table)]
        done = subprocess.run([*command, str(self.file(ELB))], capture_output=True, text=True,
                              timeout=60, check=False)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("stays as it was: everywhere: kms key", done.stdout)
        self.assertEqual(json.loads(table.read_text())["regions"]["ap-northeast-2"]["alb"]["usd"],
                         0.03)
        refused = subprocess.run([*command, str(self.file("{}"))], capture_output=True, text=True,
                                 timeout=60, check=False)
        self.assertEqual(refused.returncode, 2)
        self.assertIn("is no price list file", refused.stderr)


if __name__ == "__main__":
    unittest.main()
