#!/usr/bin/env python3
"""The provider and the real Terraform: whole lifecycles over scv-schema, which has no lab.

Usage: lifecycle.py PATH/OF/scv-schema [unittest arguments]

Needs the program terraform, 1.11 or later; without it everything is skipped. Each test has its own
provider and its own directory.
"""

import json
import shutil
import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True

from terraform import SECONDS_MAX, TERRAFORM, Provider, Root  # noqa: E402

SCHEMA = ""
HERE = Path(__file__).resolve().parent

HEAD = """
terraform {
  required_version = ">= 1.11.0"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 6.25.0, < 7.0.0"
    }
  }
}
"""
SEOUL = HEAD + 'provider "aws" {\n  region = "ap-northeast-2"\n}\n'
NETWORK = SEOUL + """
resource "aws_vpc" "this" {
  cidr_block = "10.0.0.0/16"
  tags       = { Name = "one" }
}
resource "aws_subnet" "a" {
  vpc_id            = aws_vpc.this.id
  cidr_block        = "10.0.1.0/24"
  availability_zone = "ap-northeast-2a"
}
"""


class Lifecycle(unittest.TestCase):
    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory(prefix="scv-provider-")
        self.addCleanup(self.temporary.cleanup)
        self.provider = self.enterContext(Provider(SCHEMA))

    def root(self, hcl: str, name: str = "root") -> Root:
        return Root(self.provider, Path(self.temporary.name) / name, hcl)

    def assert_settled(self, root: Root, *more: str) -> None:
        code, output = root.plan(*more)
        self.assertEqual(code, 0, output)

    def test_the_whole_life(self):
        root = self.root(NETWORK)
        root.ok("validate")
        code, output = root.plan()
        self.assertEqual(code, 2, output)
        root.apply()
        self.assert_settled(root)
        self.assertRegex(root.attributes("aws_vpc.this")["id"], r"^vpc-[0-9a-f]{17}$")
        root.ok("destroy", "-auto-approve")
        self.assertEqual(root.ok("state", "list").strip(), "")

    def test_changes_in_place(self):
        root = self.root(NETWORK)
        root.apply()
        before = root.attributes("aws_vpc.this")["id"]
        root.write(NETWORK.replace('Name = "one"', 'Name = "two"'))
        self.assertIn("will be updated in-place", root.plan()[1])
        root.apply()
        self.assertEqual(root.attributes("aws_vpc.this")["id"], before)
        self.assertEqual(root.attributes("aws_vpc.this")["tags"], {"Name": "two"})
        self.assert_settled(root)

    def test_replaces_what_cannot_change(self):
        root = self.root(NETWORK)
        root.apply()
        before = root.attributes("aws_subnet.a")["id"]
        root.write(NETWORK.replace("10.0.1.0/24", "10.0.9.0/24"))
        self.assertIn("forces replacement", root.plan()[1])
        root.apply()
        self.assertNotEqual(root.attributes("aws_subnet.a")["id"], before)
        self.assert_settled(root)

    def test_creates_before_it_destroys(self):
        hcl = SEOUL + """
        resource "aws_db_parameter_group" "this" {
          name_prefix = "lab-"
          family      = "mariadb10.11"
          description = "one"
          lifecycle {
            create_before_destroy = true
          }
        }
        """
        root = self.root(hcl)
        root.apply()
        root.write(hcl.replace('"one"', '"two"'))
        output = root.apply()
        self.assertLess(output.index("Creation complete"), output.index("Destruction complete"))
        self.assert_settled(root)

    def test_drift_is_seen(self):
        root = self.root(NETWORK)
        root.apply()
        # The same resource, under another state, is changed behind the first one's back.
        subnet = root.attributes("aws_subnet.a")["id"]
        other = self.root(SEOUL + """
        data "aws_vpc" "this" {
          cidr_block = "10.0.0.0/16"
        }
        resource "aws_subnet" "taken" {
          vpc_id                  = data.aws_vpc.this.id
          cidr_block              = "10.0.1.0/24"
          availability_zone       = "ap-northeast-2a"
          map_public_ip_on_launch = true
        }
        """, "other")
        other.ok("import", "aws_subnet.taken", subnet)
        other.apply()
        code, output = root.plan()
        self.assertEqual(code, 2, output)
        self.assertRegex(output, r"~ map_public_ip_on_launch +=\s+true -> false")
        other.ok("destroy", "-auto-approve")
        self.assertIn("1 to add", root.plan()[1])

    def test_imports(self):
        root = self.root(NETWORK)
        root.apply()
        vpc, subnet = (root.attributes(a)["id"] for a in ("aws_vpc.this", "aws_subnet.a"))
        other = self.root(NETWORK, "other")
        other.ok("import", "aws_vpc.this", vpc)
        other.ok("import", "aws_subnet.a", subnet + "@ap-northeast-2")
        self.assert_settled(other)
        code, output = other.run("import", "aws_vpc.none", "vpc-0")
        self.assertNotEqual(code, 0, output)

    def test_moves(self):
        root = self.root(NETWORK)
        root.apply()
        root.write(NETWORK.replace('"aws_subnet" "a"', '"aws_subnet" "b"') +
                   "moved {\n  from = aws_subnet.a\n  to   = aws_subnet.b\n}\n")
        code, output = root.plan()
        self.assertIn("has moved to", output)
        self.assertIn("0 to add, 0 to change, 0 to destroy", output)
        root.apply()
        self.assert_settled(root)

    def test_taints_and_replaces(self):
        root = self.root(NETWORK)
        root.apply()
        before = root.attributes("aws_subnet.a")["id"]
        root.ok("taint", "aws_subnet.a")
        self.assertIn("is tainted, so must be replaced", root.plan()[1])
        root.apply()
        after = root.attributes("aws_subnet.a")["id"]
        self.assertNotEqual(after, before)
        root.apply("-replace=aws_subnet.a")
        self.assertNotEqual(root.attributes("aws_subnet.a")["id"], after)

    def test_two_regions_with_the_same_names(self):
        body = """
        resource "aws_cloudwatch_log_group" "%(n)s" {
          provider = aws.%(n)s
          name     = "/lab"
        }
        resource "aws_vpc" "%(n)s" {
          provider   = aws.%(n)s
          cidr_block = "10.0.0.0/16"
        }
        """
        hcl = HEAD
        for name, region in (("seoul", "ap-northeast-2"), ("tokyo", "ap-northeast-1")):
            hcl += f'provider "aws" {{\n  alias  = "{name}"\n  region = "{region}"\n}}\n'
            hcl += body % {"n": name}
        hcl += """
        resource "aws_vpc" "explicit" {
          provider   = aws.seoul
          region     = "us-east-1"
          cidr_block = "10.0.0.0/16"
        }
        """
        root = self.root(hcl)
        root.apply()
        self.assert_settled(root)
        self.assertIn("ap-northeast-1", root.attributes("aws_vpc.tokyo")["arn"])
        self.assertIn("us-east-1", root.attributes("aws_vpc.explicit")["arn"])
        root.write(hcl.replace("provider   = aws.tokyo\n          cidr_block = \"10.0.0.0/16\"",
                               "provider   = aws.tokyo\n          cidr_block = \"10.1.0.0/16\""))
        root.apply()
        root.ok("destroy", "-auto-approve")

    def test_what_is_wrong_names_its_line(self):
        code, output = self.root(NETWORK.replace("cidr_block =", "cidr_blok =", 1)).run("validate")
        self.assertNotEqual(code, 0)
        self.assertIn('Did you mean "cidr_block"?', " ".join(output.split()))
        self.assertIn("main.tf line", output)

        root = self.root(NETWORK.replace("aws_vpc.this.id", '"vpc-00000000000000000"'), "missing")
        code, output = root.plan()
        self.assertEqual(code, 1, output)
        self.assertIn("vpc-00000000000000000 does not exist", " ".join(output.split()))
        line = (root.directory / "main.tf").read_text().split("vpc-0000")[0].count("\n") + 1
        self.assertIn(f"main.tf line {line}", output)

        code, output = self.root(NETWORK.replace("10.0.1.0/24", "10.0.1.5/24"), "cidr").run(
            "validate")
        self.assertIn("has host bits set; write 10.0.1.0/24", " ".join(output.split()))

    def test_an_unsupported_type_says_so(self):
        root = self.root(SEOUL)
        root.write(SEOUL + 'resource "aws_sqs_queue" "q" {\n  name = "q"\n}\n')
        code, output = root.run("validate")
        self.assertNotEqual(code, 0)
        self.assertIn("aws_sqs_queue", output)

    def test_another_region_is_said(self):
        root = self.root(NETWORK)
        root.apply()
        vpc = root.attributes("aws_vpc.this")["id"]
        other = self.root(NETWORK.replace("ap-northeast-2", "ap-northeast-1")
                          .replace("aws_vpc.this.id", f'"{vpc}"'), "tokyo")
        self.assertIn("is in another region", " ".join(other.plan()[1].split()))

    def test_what_is_needed_stays(self):
        root = self.root(NETWORK)
        root.apply()
        root.ok("state", "rm", "aws_subnet.a")
        code, output = root.run("destroy", "-auto-approve")
        self.assertEqual(code, 1, output)
        self.assertIn("DependencyViolation", output)

    def test_secrets_stay_out_of_state_and_plan(self):
        hcl = SEOUL + """
        ephemeral "aws_secretsmanager_random_password" "this" {
          password_length     = 32
          exclude_punctuation = true
        }
        resource "aws_secretsmanager_secret" "this" {
          name                    = "db"
          recovery_window_in_days = 0
        }
        resource "aws_secretsmanager_secret_version" "this" {
          secret_id                = aws_secretsmanager_secret.this.id
          secret_string_wo = jsonencode({
            password = ephemeral.aws_secretsmanager_random_password.this.random_password
          })
          secret_string_wo_version = 1
        }
        ephemeral "aws_secretsmanager_secret_version" "stored" {
          secret_id  = aws_secretsmanager_secret_version.this.secret_id
          version_id = aws_secretsmanager_secret_version.this.version_id
        }
        locals {
          stored = ephemeral.aws_secretsmanager_secret_version.stored
        }
        resource "aws_db_instance" "this" {
          identifier          = "memo"
          engine              = "mariadb"
          engine_version      = "10.11"
          instance_class      = "db.t4g.micro"
          allocated_storage   = 20
          username            = "memo"
          password_wo         = jsondecode(local.stored.secret_string).password
          password_wo_version = 1
          skip_final_snapshot = true
        }
        """
        root = self.root(hcl)
        root.apply()
        self.assert_settled(root)
        self.assertIsNone(root.attributes("aws_db_instance.this")["password_wo"])
        self.assertNotIn("password\\\":", (root.directory / "terraform.tfstate").read_text())
        root.write(hcl.replace("secret_string_wo_version = 1", "secret_string_wo_version = 2"))
        root.apply()
        self.assert_settled(root)
        root.ok("destroy", "-auto-approve")

    def test_stacks_that_are_only_recorded(self):
        hcl = SEOUL + """
        resource "aws_cloudformation_stack" "waf" {
          name         = "waf"
          template_url = "https://s3.amazonaws.com/solutions/aws-waf-security-automations.template"
          parameters   = { EndpointType = "ALB" }
          capabilities = ["CAPABILITY_IAM"]
        }
        resource "aws_wafv2_web_acl_association" "front" {
          resource_arn = "arn:aws:elasticloadbalancing:ap-northeast-2:123456789012:x/front"
          web_acl_arn  = aws_cloudformation_stack.waf.outputs["WAFWebACLArn"]
        }
        resource "aws_cloudformation_stack" "costs" {
          name          = "costs"
          parameters    = { Key = "hunter2" }
          template_body = <<-YAML
            Parameters: {Key: {Type: String, NoEcho: true}}
            Resources:
              Topic: {Type: AWS::SNS::Topic, DeletionPolicy: Retain}
              Hook: {Type: Custom::Hook, Properties: {Topic: !Ref Topic, Key: !Ref Key}}
            Outputs: {Topic: {Value: !Ref Topic}}
          YAML
        }
        output "topic" {
          value = aws_cloudformation_stack.costs.outputs["Topic"]
        }
        """
        root = self.root(hcl)
        said = " ".join(root.apply().replace("│", " ").split())
        self.assertIn("2 resources that the lab only records: AWS::SNS::Topic, Custom::Hook", said)
        self.assertIn("those of Security Automations for AWS WAF", said)
        self.assert_settled(root)
        self.assertRegex(root.attributes("aws_wafv2_web_acl_association.front")["web_acl_arn"],
                         r"^arn:aws:wafv2:ap-northeast-2:\d{12}:regional/webacl/waf/[0-9a-f-]{36}$")
        root.write(hcl.replace("hunter2", "swordfish"))
        self.assertIn("will be updated in-place", root.plan()[1])
        root.apply()
        self.assert_settled(root)
        root.ok("destroy", "-auto-approve")

    def test_parallel_roots(self):
        roots = [self.root(NETWORK, f"root{i}") for i in range(3)]
        running = [r.start("apply", "-auto-approve", "-input=false", "-no-color") for r in roots]
        for process in running:
            output, _ = process.communicate(timeout=SECONDS_MAX)
            self.assertEqual(process.returncode, 0, output)
        self.assertEqual(len({r.attributes("aws_vpc.this")["id"] for r in roots}), 3)
        for root in roots:
            self.assert_settled(root)

    def artifacts(self) -> Path:
        directory = Path(self.temporary.name) / "artifacts"
        packages = {}
        files = {"memo": "memo_1.0.0_amd64.deb", "memo-web": "memo-web_1.0.0_all.deb"}
        for name, file in files.items():
            path = directory / "releases/1.0.0/linux-amd64" / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(name)
            packages[name] = {"key": f"releases/1.0.0/linux-amd64/{file}", "sha256": "0" * 64}
        (directory / "manifest.json").write_text(
            json.dumps({"version": "1.0.0", "platform": "debian12-amd64", "packages": packages}))
        return directory

    def test_this_repositorys_two_regions(self):
        source = HERE.parent.parent / "infra"
        if not (source / "examples/lab-seoul.tfvars").exists():
            self.skipTest("infra/ is not there")
        artifacts = self.artifacts()
        roots = {}
        for region in ("seoul", "tokyo"):
            copy = Path(self.temporary.name) / region
            shutil.copytree(source, copy, ignore=shutil.ignore_patterns(".terraform", "*.tfstate*"))
            root = Root.__new__(Root)
            root.provider, root.directory = self.provider, copy / "terraform"
            root.ok("init", "-input=false")
            root.ok("validate")
            roots[region] = root
        more = {r: (f"-var-file=../examples/lab-{r}.tfvars",
                    f"-var=artifacts_directory={artifacts}") for r in roots}
        for region, root in roots.items():
            root.apply(*more[region])
        for region, root in roots.items():
            self.assert_settled(root, *more[region])
        for region in reversed(roots):
            roots[region].ok("destroy", "-auto-approve", "-input=false", *more[region])


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    if not TERRAFORM:
        print("SKIPPED: terraform is not installed")
        sys.exit(0)
    SCHEMA = sys.argv.pop(1)
    unittest.main()
