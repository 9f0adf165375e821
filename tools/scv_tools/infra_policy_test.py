"""Each policy is shown to find what it is for."""

import base64
import tempfile
import unittest
from pathlib import Path

from scv_tools import infra_policy
from scv_tools.infra_policy import Resource, Resources


def managed(kind: str, **values) -> Resource:
    return Resource(f"{kind}.it", "managed", kind, values)


def document(**statement) -> Resource:
    return Resource("data.aws_iam_policy_document.it", "data", "aws_iam_policy_document",
                    {"statement": [statement]})


GOOD_DATABASE = {
    "publicly_accessible": False, "storage_encrypted": True, "kms_key_id": "arn:k",
    "deletion_protection": True, "backup_retention_period": 7,
    "ca_cert_identifier": "rds-ca-rsa2048-g1", "enabled_cloudwatch_logs_exports": ["error"],
    "skip_final_snapshot": False, "password": None, "engine_version": "10.11", "multi_az": True,
}
GOOD_TEMPLATE = {
    "metadata_options": [{"http_tokens": "required", "http_put_response_hop_limit": 1}],
    "network_interfaces": [{"associate_public_ip_address": "false"}],
    "block_device_mappings": [{"ebs": [{"encrypted": "true"}]}],
    "iam_instance_profile": [{"name": "web"}], "user_data": base64.b64encode(b"true").decode(),
    "tag_specifications": [{"resource_type": "instance"}, {"resource_type": "volume"}],
}
GOOD_BALANCER = {
    "arn": "arn:lb", "internal": False, "drop_invalid_header_fields": True,
    "enable_deletion_protection": True, "desync_mitigation_mode": "defensive",
    "access_logs": [{"enabled": True}],
}
HSTS = "routing_http_response_strict_transport_security_header_value"
GOOD_LISTENER = {"protocol": "HTTPS", "ssl_policy": "ELBSecurityPolicy-TLS13-1-2-2021-06",
                 "load_balancer_arn": "arn:lb", HSTS: "max-age=1"}


class PoliciesTest(unittest.TestCase):
    def found(self, rule: str, *resources: Resource) -> str:
        problems = infra_policy.RULES[rule](Resources(list(resources)))
        return "; ".join(problem for _, problem in problems)

    def test_pipelines(self):
        build = {"environment": [{"privileged_mode": False, "environment_variable": [
            {"name": "COMPONENT", "type": "PLAINTEXT", "value": "was"}]}], "build_timeout": 60,
            "encryption_key": "arn:aws:kms:r:1:key/0", "concurrent_build_limit": 1,
            "logs_config": [{"cloudwatch_logs": [{"status": "ENABLED"}]}]}
        self.assertEqual(self.found("pipelines", managed("aws_codebuild_project", **build)), "")
        token = [{"name": "API_TOKEN", "type": "PLAINTEXT", "value": "x"}]
        for name, value, said in [
            ("environment", [{"privileged_mode": True}], "privileged"),
            ("environment", [{"privileged_mode": False, "environment_variable": token}], "secret"),
            ("encryption_key", None, "our key"), ("logs_config", [], "log"),
        ]:
            with self.subTest(name):
                self.assertIn(said, self.found("pipelines", managed(
                    "aws_codebuild_project", **{**build, name: value})))
        self.assertIn("old type", self.found("pipelines", managed(
            "aws_codepipeline", pipeline_type="V1", artifact_store=[])))
        self.assertIn("roll back", self.found("pipelines", managed(
            "aws_codedeploy_deployment_group", deployment_style=[
                {"deployment_option": "WITH_TRAFFIC_CONTROL"}])))

    def test_database(self):
        self.assertEqual(self.found("database", managed("aws_db_instance", **GOOD_DATABASE)), "")
        for name, value, said in [
            ("publicly_accessible", True, "public"), ("kms_key_id", None, "our key"),
            ("deletion_protection", False, "deletion"), ("backup_retention_period", 1, "7 days"),
            ("ca_cert_identifier", None, "authority"), ("skip_final_snapshot", True, "snapshot"),
            ("password", "x", "state"), ("engine_version", "10.6", "long-term"),
            ("enabled_cloudwatch_logs_exports", [], "logs"),
        ]:
            with self.subTest(name):
                bad = managed("aws_db_instance", **{**GOOD_DATABASE, name: value})
                self.assertIn(said, self.found("database", bad))
        self.assertIn("without TLS", self.found(
            "database", managed("aws_db_parameter_group", parameter=[])))
        self.assertIn("standby", self.found(
            "multi-az", managed("aws_db_instance", **{**GOOD_DATABASE, "multi_az": False})))

    def test_replicas(self):
        replica = {**GOOD_DATABASE, "replicate_source_db": "arn:d", "engine_version": "x",
                   "skip_final_snapshot": True, "multi_az": False}
        for rule in ("database", "multi-az"):
            self.assertEqual(self.found(rule, managed("aws_db_instance", **replica)), "")
        for name, value, said in [
            ("skip_final_snapshot", False, "refuses"), ("password_wo_version", 1, "of its own"),
            ("kms_key_id", None, "our key"), ("backup_retention_period", 0, "7 days"),
        ]:
            with self.subTest(name):
                bad = managed("aws_db_instance", **{**replica, name: value})
                self.assertIn(said, self.found("database", bad))

    def test_access_logs(self):
        bucket = managed("aws_s3_bucket_server_side_encryption_configuration", bucket="logs", rule=[
            {"apply_server_side_encryption_by_default": [{"sse_algorithm": "AES256"}]}])
        grant = document(
            effect="Allow", actions=["s3:PutObject"],
            resources=["arn:aws:s3:::logs/front/AWSLogs/123456789012/*"],
            principals=[{"type": "Service", "identifiers": [
                "logdelivery.elasticloadbalancing.amazonaws.com"]}])

        def log(prefix: str) -> Resource:
            return managed("aws_lb", access_logs=[
                {"enabled": True, "bucket": "logs", "prefix": prefix}])

        self.assertEqual(self.found("access-logs", log("front"), bucket, grant), "")
        self.assertIn("may not write", self.found("access-logs", log("back"), bucket, grant))
        self.assertIn("may not write", self.found("access-logs", log("front"), bucket))
        self.assertIn("AWSLogs in it", self.found("access-logs", log("AWSLogs"), bucket, grant))
        encrypted = managed("aws_s3_bucket_server_side_encryption_configuration", bucket="logs",
                            rule=[{"apply_server_side_encryption_by_default": [
                                {"sse_algorithm": "aws:kms"}]}])
        self.assertIn("KMS key", self.found("access-logs", log("front"), encrypted, grant))

    def test_firewalls(self):
        rule = {"name": "flood", "visibility_config": [{"cloudwatch_metrics_enabled": True}]}
        acl = managed("aws_wafv2_web_acl", arn="arn:acl", scope="REGIONAL", rule=[rule])
        log = managed("aws_wafv2_web_acl_logging_configuration", resource_arn="arn:acl",
                      redacted_fields=[{"single_header": [{"name": "authorization"}]},
                                       {"single_header": [{"name": "cookie"}]},
                                       {"single_header": [], "query_string": [{}]}])
        guard = managed("aws_wafv2_web_acl_association", web_acl_arn="arn:acl")
        self.assertEqual(self.found("firewalls", acl, log, guard), "")
        self.assertIn("logs nothing", self.found("firewalls", acl, guard))
        self.assertIn("guards nothing", self.found("firewalls", acl, log))
        distant = managed("aws_wafv2_web_acl", arn="arn:acl", scope="CLOUDFRONT", rule=[rule])
        self.assertEqual(self.found("firewalls", distant), "")
        blind = managed("aws_wafv2_web_acl", arn="arn:acl", scope="REGIONAL", rule=[
            {"name": "flood", "visibility_config": [{"cloudwatch_metrics_enabled": False}]}])
        self.assertIn("does not measure flood", self.found("firewalls", blind, log, guard))
        telling = managed("aws_wafv2_web_acl_logging_configuration", resource_arn="arn:acl",
                          redacted_fields=[{"single_header": [{"name": "cookie"}]}])
        self.assertIn("credentials: authorization", self.found("firewalls", acl, telling, guard))

    def test_peering(self):
        for cidr, said in [("10.20.48.0/20", ""), ("10.20.0.0/16", "more than one tier"),
                           ("0.0.0.0/0", "more than one tier")]:
            route = managed("aws_route", vpc_peering_connection_id="pcx-1",
                            destination_cidr_block=cidr)
            self.assertIn(said, self.found("peering", route))

    def test_network(self):
        self.assertIn("public addresses", self.found(
            "network", managed("aws_subnet", map_public_ip_on_launch=True)))
        self.assertIn("flow logs", self.found("network", managed(
            "aws_vpc", enable_dns_support=True, enable_dns_hostnames=True)))
        self.assertIn("default route", self.found(
            "network", managed("aws_route_table", id="rtb-1", tags={"Tier": "db"}),
            managed("aws_route", route_table_id="rtb-1")))

    def test_security_groups(self):
        group = managed("aws_security_group", id="sg-1", name="scv-front-alb", description="d")
        rule = {"security_group_id": "sg-1", "description": "d", "ip_protocol": "tcp",
                "from_port": 443, "to_port": 443, "cidr_ipv4": "0.0.0.0/0"}
        for change, said in [({}, ""), ({"description": ""}, "no description"),
                             ({"ip_protocol": "-1"}, "every protocol"),
                             ({"from_port": 1}, "SSH"), ({"security_group_id": "sg-2"}, "everyone"),
                             ({"from_port": 8080, "to_port": 8080}, "everyone")]:
            with self.subTest(change):
                found = self.found("security-groups", group, managed(
                    "aws_vpc_security_group_ingress_rule", **{**rule, **change}))
                self.assertEqual(found, "") if not said else self.assertIn(said, found)
        self.assertIn("leads everywhere", self.found("security-groups", managed(
            "aws_vpc_security_group_egress_rule", **{**rule, "from_port": 25, "to_port": 25})))

    def test_load_balancers(self):
        balancer = managed("aws_lb", **GOOD_BALANCER)
        self.assertEqual(self.found(
            "load-balancers", balancer, managed("aws_lb_listener", **GOOD_LISTENER)), "")
        for name, value, said in [("ssl_policy", "ELBSecurityPolicy-2016-08", "below 1.2"),
                                  (HSTS, None, "Strict-Transport"), ("protocol", "HTTP", "TLS")]:
            with self.subTest(name):
                self.assertIn(said, self.found("load-balancers", balancer, managed(
                    "aws_lb_listener", **{**GOOD_LISTENER, name: value})))
        for name, value, said in [("drop_invalid_header_fields", False, "headers"),
                                  ("access_logs", [], "access log"),
                                  ("desync_mitigation_mode", "monitor", "desync")]:
            with self.subTest(name):
                self.assertIn(said, self.found("load-balancers", managed(
                    "aws_lb", **{**GOOD_BALANCER, name: value})))

    def test_fleets(self):
        self.assertEqual(self.found("fleets", managed("aws_launch_template", **GOOD_TEMPLATE)), "")
        secret = base64.b64encode(b"PASSWORD=hunter2").decode()
        for name, value, said in [
            ("metadata_options", [{"http_tokens": "optional"}], "metadata"),
            ("network_interfaces", [{"associate_public_ip_address": "true"}], "public"),
            ("block_device_mappings", [{"ebs": [{"encrypted": "false"}]}], "encrypted"),
            ("iam_instance_profile", [], "profile"), ("user_data", secret, "secret"),
        ]:
            with self.subTest(name):
                self.assertIn(said, self.found("fleets", managed(
                    "aws_launch_template", **{**GOOD_TEMPLATE, name: value})))
        group = managed("aws_autoscaling_group", health_check_type="EC2", instance_refresh=[],
                        launch_template=[{"version": "$Latest"}], vpc_zone_identifier=["a"],
                        wait_for_elb_capacity=None, min_size=2)
        self.assertEqual(len(infra_policy.fleets(Resources([group]))), 5)
        self.assertIn("tag", self.found(
            "tags", managed("aws_launch_template", tag_specifications=[])))

    def test_permissions(self):
        one = "arn:aws:secretsmanager:r:1:secret:s"
        read = "secretsmanager:GetSecretValue"
        self.assertEqual(self.found("permissions", document(actions=[read], resources=[one])), "")
        self.assertIn("wildcard", self.found(
            "permissions", document(actions=["s3:*"], resources=["arn:aws:s3:::b"])))
        self.assertIn("every resource", self.found(
            "permissions", document(actions=["s3:GetObject"], resources=["*"])))
        self.assertIn("more than one", self.found(
            "permissions", document(actions=[read], resources=[one, one])))

    def test_buckets_secrets_names_logs(self):
        bucket = self.found("buckets", managed("aws_s3_bucket", force_destroy=True))
        for said in ("has none", "without TLS", "emptied"):
            self.assertIn(said, bucket)
        self.assertIn("restored", self.found("secrets", managed(
            "aws_secretsmanager_secret", kms_key_id="k", recovery_window_in_days=0)))
        self.assertIn("rotate", self.found(
            "secrets", managed("aws_kms_key", enable_key_rotation=False)))
        self.assertIn("DNS", self.found(
            "names", managed("aws_acm_certificate", validation_method="EMAIL")))
        self.assertIn("for ever", self.found("logs", managed(
            "aws_cloudwatch_log_group", retention_in_days=0, kms_key_id="k")))

    def test_messages(self):
        topic = managed("aws_sns_topic", kms_master_key_id="alias/aws/sns")
        for said in ("not encrypted", "has none"):
            self.assertIn(said, self.found("messages", topic))
        alarm = managed("aws_cloudwatch_metric_alarm", alarm_actions=[])
        for said in ("what it means", "nobody", "silence"):
            self.assertIn(said, self.found("messages", alarm))


class ExceptionsTest(unittest.TestCase):
    bad = managed("aws_db_instance", **{**GOOD_DATABASE, "multi_az": False})

    def test_a_reason_silences_one_rule_at_one_address(self):
        exceptions = infra_policy.read_exceptions("multi-az aws_db_instance.it because  # note\n")
        self.assertEqual(infra_policy.judge({"seoul": [self.bad]}, exceptions)["multi-az"], [])

    def test_an_exception_that_is_not_needed_is_a_problem(self):
        exceptions = infra_policy.read_exceptions("database aws_db_instance.it because\n")
        judged = infra_policy.judge({"seoul": [self.bad]}, exceptions)
        self.assertIn("needed no more", judged["database"][0])
        self.assertEqual(len(judged["multi-az"]), 1)

    def test_an_exception_needs_a_reason(self):
        with self.assertRaises(ValueError):
            infra_policy.read_exceptions("database aws_db_instance.it\n")


class TextTest(unittest.TestCase):
    def problems(self, text: str) -> str:
        with tempfile.TemporaryDirectory() as directory:
            module = Path(directory, "modules/m")
            module.mkdir(parents=True)
            (module / "main.tf").write_text(text)
            return "\n".join(infra_policy.text_problems(Path(directory)))

    def test_finds(self):
        for text, said in [
            ('variable "a" {\n  type = string\n}\n', "a has no description"),
            ('variable "a" {\n  description = "d"\n}\n', "a has no type"),
            ('variable "a" {\n  description = "d"\n  type = string\n}\n', "a has no validation"),
            ('variable "a" {\n  type        = bool\n}\n', "a has no nullable"),
            ('output "o" {\n  value = 1\n}\n', "o has no description"),
            ('provider "aws" {\n}\n', "configures no provider"),
            ('locals {\n  password = "x"\n}\n', "a password"),
            ("", "no versions.tf"),
        ]:
            with self.subTest(said):
                self.assertIn(said, self.problems(text))


if __name__ == "__main__":
    unittest.main()
