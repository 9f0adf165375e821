"""The plan of a chain by hand whose HAProxy and nginx have the configuration files of a running
lab: only directories, and where a server is verified against which authority, are put in place."""

import os
import re
import subprocess
from pathlib import Path

from hand_chain import Plan
from lab import DOMAIN, Lab


def plan_of(lab: Lab, directory: Path) -> Plan:
    region = lab.region()
    front, back = (next(b for b in region["load_balancers"] if b["internal"] == internal)
                   for internal in (False, True))
    network = region["vpcs"][0].split()[1]
    plan = Plan(network=network, front=front["nodes"][0]["address"],
                database=".".join([*network.split(".")[:2], "250", "2"]),
                authority=str(lab.state / "root.pem"), host=f"www.{DOMAIN}",
                memo=[instance["address"] for instance in lab.instances("was")])
    for node in (*back["nodes"], front["nodes"][0]):
        add_load_balancer(lab, directory, node, plan)
    for instance in lab.instances("web"):
        add_web(lab, directory, instance, plan)
    return plan


def in_the_lab(lab: Lab, *command: str) -> str:
    """What a command says beside the lab's init, which sees the lab's own directories."""
    return subprocess.run(["nsenter", "-t", str(lab.record()["pid"]), "-m", "-p", "--", *command],
                          capture_output=True, text=True, timeout=30, check=True).stdout


def add_load_balancer(lab: Lab, directory: Path, node: dict, plan: Plan) -> None:
    bind = f"  bind {node['address']}:443 "
    found = in_the_lab(lab, "grep", "-rl", "--include=haproxy.cfg", "-F", bind,
                       str(lab.state / "run/lb")).split()
    there = os.path.dirname(found[0])
    here = directory / node["address"]
    here.mkdir()
    text = in_the_lab(lab, "cat", found[0])
    for certificates in re.findall(r"crt-list (\S+)", text):
        (here / os.path.basename(certificates)).write_text(in_the_lab(lab, "cat", certificates))
    text = text.replace(there, str(here))
    # By hand no process before this one left a word about its servers.
    text = re.sub(r".*(server-state-file|load-server-state-from-file).*\n", "", text)
    (here / "haproxy.cfg").write_text(text)
    plan.log_sockets.append(str(here / "log.sock"))
    plan.proxies[node["address"]] = ["/usr/sbin/haproxy", "-db", "-f", str(here / "haproxy.cfg")]


def add_web(lab: Lab, directory: Path, instance: dict, plan: Plan) -> None:
    here = directory / instance["address"]
    (here / "temp").mkdir(parents=True)
    for name in ("nginx.conf", "back_end.conf"):
        text = lab.execute(instance["id"], "cat", f"/run/memo-web/{name}").stdout
        text = re.sub(r"^user .*;", "user root;", text, flags=re.MULTILINE)
        text = text.replace("/run/memo-web", str(here))
        text = text.replace("/etc/ssl/certs/ca-certificates.crt", str(lab.state / "root.pem"))
        (here / name).write_text(text)
    plan.proxies[instance["address"]] = ["/usr/sbin/nginx", "-c", str(here / "nginx.conf")]
