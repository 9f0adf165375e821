"""infra/cloudformation/failover.yaml through AWS's own client, to moto's Route 53 and
CloudFormation on loopback. moto makes a stack's records; it does not take them away again, which is
left to the lab's own tests. Where the machine lacks moto or boto3, why_not() says so."""

import importlib.util
import logging
from pathlib import Path

from scv_tools.tree import ROOT

TEMPLATE: Path = ROOT / "infra/cloudformation/failover.yaml"
STACK = "scv-failover"
DOMAIN = "example.com"
PARAMETERS = {
    "DomainName": DOMAIN,
    "PrimaryDnsName": "scv-front-1.ap-northeast-2.elb.amazonaws.com",
    "PrimaryZoneId": "ZWKZPGTI48KDX",
    "SecondaryDnsName": "scv-front-2.ap-northeast-1.elb.amazonaws.com",
    "SecondaryZoneId": "Z14GRHDCWA56QT",
}


def why_not() -> str:
    missing = [name for name in ("moto", "boto3", "flask") if not importlib.util.find_spec(name)]
    return f"{', '.join(missing)} not installed (python3-boto3 is in Debian, moto is not)" \
        if missing else ""


def problem() -> str:
    """"" when the stack made what it should."""
    import boto3
    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        client = {name: boto3.client(
            name, region_name="us-east-1", endpoint_url=f"http://{host}:{port}",
            aws_access_key_id="of-no-account", aws_secret_access_key="of-no-account")
            for name in ("route53", "cloudformation")}
        return _made(client["cloudformation"], client["route53"])
    finally:
        server.stop()


def _made(stacks, names) -> str:
    zone = names.create_hosted_zone(Name=DOMAIN, CallerReference="1")["HostedZone"]["Id"]

    def routed() -> set[tuple[str, str]]:
        """Name and failover role of every record that has one."""
        records = names.list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
        return {(r["Name"].rstrip("."), r["Failover"]) for r in records if "Failover" in r}

    def checked() -> list[str]:
        return sorted(c["HealthCheckConfig"]["ResourcePath"]
                      for c in names.list_health_checks()["HealthChecks"])

    def parameters(**more: str) -> list[dict]:
        given = {**PARAMETERS, "HostedZoneId": zone.rsplit("/", 1)[-1], **more}
        return [{"ParameterKey": key, "ParameterValue": value} for key, value in given.items()]

    stacks.create_stack(StackName=STACK, TemplateBody=TEMPLATE.read_text(),
                        Parameters=parameters())
    wanted = {(f"primary-first.{label}.{DOMAIN}", role) for label in ("www", "api")
              for role in ("PRIMARY", "SECONDARY")}
    if not wanted <= routed():
        return f"records of the stack: {sorted(routed())}, without {sorted(wanted - routed())}"
    if not {"/readyz", "/livez"} <= set(checked()):
        return f"paths of its health checks: {checked()}"
    state = stacks.describe_stacks(StackName=STACK)["Stacks"][0]["StackStatus"]
    return "" if state == "CREATE_COMPLETE" else f"the stack is {state}"
