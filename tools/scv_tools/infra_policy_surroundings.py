"""The policies for what surrounds the service: logs, firewalls, pipelines, messages."""

import re

from scv_tools.infra_policy_resources import Problem, Resources, first, must


def access_logs(found: Resources) -> list[Problem]:
    """What a load balancer needs to be able to write its log."""
    logging = [r for r in found.of("aws_lb") if first(r.values, "access_logs").get("enabled")]
    problems = must(logging, "has a log prefix with AWSLogs in it, which AWS adds itself",
                    lambda v: "AWSLogs" not in (first(v, "access_logs").get("prefix") or ""))
    kinds = {r.values["bucket"]: first(first(r.values, "rule"),
                                        "apply_server_side_encryption_by_default")
             for r in found.of("aws_s3_bucket_server_side_encryption_configuration")}
    problems += must(logging, "logs to a bucket with a KMS key, which it cannot use",
                     lambda v: kinds.get(first(v, "access_logs")["bucket"], {}).get(
                         "sse_algorithm", "AES256") == "AES256")
    granted = [resource for d in found.data("aws_iam_policy_document")
               for s in d.values.get("statement") or [] if _writes_logs(s)
               for resource in s["resources"]]
    problems += must(logging, "may not write its log: no grant for PREFIX/AWSLogs/ACCOUNT/*",
                     lambda v: any(re.search(
                         rf"/{re.escape(first(v, 'access_logs').get('prefix') or '')}"
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
                     if not first(rule, "visibility_config").get("cloudwatch_metrics_enabled")]
    for log in found.of("aws_wafv2_web_acl_logging_configuration"):
        redacted = {first(f, "single_header").get("name")
                    for f in log.values.get("redacted_fields") or []}
        if missing := {"authorization", "cookie"} - redacted:
            problems.append((log.address, f"logs credentials: {', '.join(sorted(missing))}"))
    return problems


def logs(found: Resources) -> list[Problem]:
    problems = must(found.of("aws_cloudwatch_log_group"), "is kept for ever",
                    lambda v: (v["retention_in_days"] or 0) > 0)
    problems += must(found.of("aws_cloudwatch_log_group"), "is not encrypted with our key",
                     lambda v: bool(v["kms_key_id"]))
    return problems


def _builds_are_contained(values: dict) -> bool:
    environment = first(values, "environment")
    named = [v for v in environment.get("environment_variable") or []
             if v.get("type") == "PLAINTEXT" and _SECRET_NAME.search(v["name"])]
    return environment.get("privileged_mode") is False and not named


_SECRET_NAME = re.compile(r"(?i)password|secret|token|credential|private|access_?key")


def pipelines(found: Resources) -> list[Problem]:
    """What builds and deploys without anybody looking."""
    builds, groups = found.of("aws_codebuild_project"), found.of("aws_codedeploy_deployment_group")
    problems = must(builds, "is privileged, or has a secret among its variables",
                    _builds_are_contained)
    problems += must(builds, "hands on artifacts that are not encrypted with our key",
                     lambda v: ":key/" in str(v.get("encryption_key")))
    problems += must(builds, "has no log, or may run for ever",
                     lambda v: bool(first(v, "logs_config").get("cloudwatch_logs"))
                     and bool(v.get("build_timeout")) and bool(v.get("concurrent_build_limit")))
    problems += must(found.of("aws_codepipeline"), "is of the old type, or not encrypted",
                     lambda v: v["pipeline_type"] == "V2" and all(
                         s.get("encryption_key") for s in v["artifact_store"]))
    problems += must(groups, "does not roll back on failures and alarms", lambda v: {
       "DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM"} <= set(first(
           v, "auto_rollback_configuration").get("events") or [])
       and bool(first(v, "alarm_configuration").get("alarms")))
    problems += must(groups, "deploys to instances that get requests", lambda v: first(
       v, "deployment_style").get("deployment_option") == "WITH_TRAFFIC_CONTROL")
    return problems


def messages(found: Resources) -> list[Problem]:
    """Whoever is woken at night wants to know why, and nobody else is to read it."""
    topics, alarms = found.of("aws_sns_topic"), found.of("aws_cloudwatch_metric_alarm",
                                                         "aws_cloudwatch_composite_alarm")
    problems = must(topics, "is not encrypted with our key", lambda v: bool(
       v["kms_master_key_id"]) and "alias/aws/" not in v["kms_master_key_id"])
    if len(found.of("aws_sns_topic_policy")) < len(topics):
        problems.append(("aws_sns_topic_policy", "a topic has none"))
    problems += must(alarms, "does not say what it means",
                     lambda v: bool(v.get("alarm_description")))
    problems += must(alarms, "tells nobody", lambda v: bool(v.get("alarm_actions")))
    problems += must(found.of("aws_cloudwatch_metric_alarm"), "does not say what silence is",
                     lambda v: bool(v.get("treat_missing_data")))
    return problems
