import json
import re
import unittest
from decimal import Decimal

from scv_tools import cost
from scv_tools.infra_policy_resources import Resource
from scv_tools.tree import ROOT

PRICES = json.loads((ROOT / "infra/prices.json").read_text())
ASSUMED = {name: Decimal(value) for name, (value, _) in cost.ASSUMPTIONS.items()}


def micros(name: str, region: str = "ap-northeast-2") -> Decimal:
    """The table's price, which may be refreshed at any time."""
    entry = PRICES["regions"][region].get(name) or PRICES["everywhere"][name]
    return Decimal(str(entry["usd"])) * cost.MICRO


def resource(address: str, **values) -> Resource:
    return Resource(address, "managed", re.findall(r"aws_\w+", address)[-1], values)


def monthly(*resources: Resource, region: str = "ap-northeast-2", **assumed) -> dict[str, int]:
    found = cost.estimate(region, resources, PRICES,
                          {**ASSUMED, **{k: Decimal(str(v)) for k, v in assumed.items()}}, False)
    return {line.what: line.micros for line in found.lines}


class CostTest(unittest.TestCase):
    def test_every_type_of_ours_is_priced_or_free(self):
        used = {line.split()[1] for line in (ROOT / "tools/aws_schema/types.txt").read_text()
                .splitlines() if line.startswith("resource ")}
        # These are made by infra/global and infra/edge, or by nobody here.
        elsewhere = {name for name in used if name.startswith((
            "aws_cloudfront_", "aws_globalaccelerator_", "aws_cloudwatch_log_delivery",
            "aws_vpc_peering_", "aws_route53_health_check", "aws_cloudformation_stack",
            "aws_key_pair"))}
        known = set(cost.PRICED) | set(PRICES["free"])
        self.assertEqual(used - known - elsewhere, set())
        self.assertEqual(set(cost.PRICED) & set(PRICES["free"]), set())

    def test_a_standby_doubles_the_database(self):
        one = monthly(resource("aws_db_instance.it", instance_class="db.t4g.small",
                               allocated_storage=20, multi_az=False))
        two = monthly(resource("aws_db_instance.it", instance_class="db.t4g.small",
                               allocated_storage=20, multi_az=True))
        self.assertEqual(two["db.t4g.small and its standby"], 2 * one["db.t4g.small"])
        self.assertEqual(one["db.t4g.small"], micros("rds db.t4g.small") * 730)
        self.assertEqual(two["storage and its standby"], 2 * one["storage"])

    def test_a_fleet_is_its_instances_and_their_disks(self):
        found = monthly(
            resource("module.web.aws_launch_template.this", instance_type="t3.micro",
                     block_device_mappings=[{"ebs": [{"volume_size": 8, "volume_type": "gp3"}]}]),
            resource("module.web.aws_autoscaling_group.this", name="scv-web", min_size=2),
            resource("module.was.aws_launch_template.this", instance_type="t3.small"))
        self.assertEqual(found["2 × t3.micro of scv-web"], 2 * micros("ec2 t3.micro") * 730)
        self.assertEqual(found["2 disks of 8 GB of scv-web"], 16 * micros("ebs gp3"))

    def test_each_gateway_costs(self):
        one = monthly(resource("aws_nat_gateway.a"))
        two = monthly(resource("aws_nat_gateway.a"), resource("aws_nat_gateway.b"))
        self.assertEqual(two["NAT gateway"], 2 * one["NAT gateway"])
        self.assertEqual(two["data through it"], 2 * one["data through it"])

    def test_metrics_that_are_paid_for_count(self):
        fleet = [resource("module.web.aws_autoscaling_group.this", name="web", min_size=2),
                 resource("module.web.aws_launch_template.this", instance_type="t3.micro",
                          monitoring=[{"enabled": True}])]
        plain = monthly(*fleet)
        self.assertEqual(plain["detailed monitoring of web"], 2 * 7 * micros("metric"))
        self.assertNotIn("the agent's metrics of web", plain)
        agent = monthly(*fleet, resource('module.monitoring[0].aws_iam_role_policy.agent["web"]'))
        self.assertEqual(agent["the agent's metrics of web"], (2 + 1) * 5 * micros("metric"))
        expression = monthly(resource("aws_cloudwatch_metric_alarm.it", metric_query=[
            {"id": "rate", "expression": "a / b"}, {"id": "a", "metric": [{}]},
            {"id": "b", "metric": [{}]}]))
        self.assertEqual(expression["metrics with an alarm"], 2 * micros("alarm"))

    def test_regions_add_up_per_service(self):
        regions = [cost.estimate(region, [resource("aws_nat_gateway.a")], PRICES, ASSUMED, False)
                   for region in PRICES["regions"]]
        services = cost.services_of(regions)
        self.assertEqual(sum(services.values()), sum(found.micros for found in regions))
        self.assertEqual(services["VPC"], sum(found.by_service()["VPC"] for found in regions))

    def test_what_is_not_known_is_named(self):
        found = cost.estimate("ap-northeast-2", [resource("aws_new_thing.it"), resource(
            "aws_db_instance.it", instance_class="db.x9.huge")], PRICES, ASSUMED, False)
        self.assertEqual(set(found.not_priced), {"aws_new_thing", "rds db.x9.huge"})
        elsewhere = cost.estimate("mars-1", [resource("aws_nat_gateway.a")], PRICES, ASSUMED, False)
        self.assertIn("nat gateway", elsewhere.not_priced)

    def test_a_line_is_rounded_once_half_up(self):
        line = cost.Line("s", "w", Decimal("0.5"), "GB", Decimal("0.000001"), True)
        self.assertEqual(line.micros, 1)
        self.assertEqual(cost.dollars(1_234_561_000), "1,234.56")

    def test_assumptions_matter(self):
        self.assertEqual(monthly(resource("aws_nat_gateway.a"), data_out_gb=0).get("to clients"),
                         None)
        self.assertEqual(monthly(resource("aws_nat_gateway.a"), data_out_gb=2)["to clients"],
                         2 * micros("data out"))


if __name__ == "__main__":
    unittest.main()
