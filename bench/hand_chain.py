"""The lab's request path as somebody would start it by hand: front HAProxy, two nginx, two back
HAProxy, two memo, one MariaDB, each in a plain network namespace on one bridge, TLS on the same
hops. Nothing of the lab but `memo` takes part. Two of them:

  - the same chain: HAProxy and nginx have the very configuration files of a running lab, access
    logs included, which somebody reads and drops. What is left is what the lab adds: its network
    with routers, address translation and security groups, and scvd.
  - the barest chain: the shortest configuration that carries a request.

Run by bench/run_lab. As a program (with a directory) it is the inside: it says "ready" when the
chain answers, and everything ends with it, because it is the first process of its PID namespace."""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NET = "10.99.0"
DATABASE, FRONT, WEB, BACK, WAS = 2, 11, (21, 22), (31, 32), (41, 42)
READY_WITHIN = 60
READ_EVERY = 0.01  # logs, by the cheapest reader there is: it would wake up for every line

HAPROXY = """global
  nbthread 1
defaults
  mode http
  option forwardfor
  timeout connect 2s
  timeout client 60s
  timeout server 60s
frontend tls
  bind {address}:443 ssl crt {directory}/both.pem alpn h2,http/1.1
  default_backend targets
backend targets
  balance roundrobin
{servers}
"""
NGINX = """daemon off;
user root;
worker_processes auto;
pid {directory}/nginx-{number}.pid;
error_log stderr;
events {{ worker_connections 4096; }}
http {{
  access_log off;
  keepalive_requests 1000000;
  client_body_temp_path {directory}/temp-{number};
  proxy_temp_path {directory}/temp-{number};
  fastcgi_temp_path {directory}/temp-{number};
  scgi_temp_path {directory}/temp-{number};
  uwsgi_temp_path {directory}/temp-{number};
  upstream back {{
{servers}
    keepalive 64;
    keepalive_requests 1000000;
  }}
  server {{
    listen {address}:80;
    location / {{
      proxy_pass https://back;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $http_host;
      proxy_ssl_verify on;
      proxy_ssl_name hand.test;
      proxy_ssl_server_name on;
      proxy_ssl_trusted_certificate {directory}/ca.pem;
    }}
  }}
}}
"""
DATABASE_USERS = """CREATE DATABASE memo;
CREATE USER memo@'%' IDENTIFIED BY 'memo';
GRANT ALL ON memo.* TO memo@'%';
"""




@dataclass
class Plan:
    """What stands where: addresses in one network, and the program of each."""

    network: str = f"{NET}.0/24"
    front: str = f"{NET}.{FRONT}"
    database: str = f"{NET}.{DATABASE}"
    authority: str = ""  # who signed the front's certificate; PEM
    host: str = ""  # the name in requests; "": the front's address
    memo: list[str] = field(default_factory=lambda: [f"{NET}.{was}" for was in WAS])
    proxies: dict[str, list[str]] = field(default_factory=dict)  # address → command
    log_sockets: list[str] = field(default_factory=list)  # whoever connects there is read


class HandChain:
    """The chain from outside: `enter` is the command that runs something as its client. `plan`
    makes it in a directory; without one it is the barest."""

    def __init__(self, plan: Callable[[Path], Plan] | None = None) -> None:
        self.directory = Path(tempfile.mkdtemp(prefix="scv-hand-"))
        wanted = plan(self.directory) if plan else barest_plan(self.directory)
        (self.directory / "plan.json").write_text(json.dumps(asdict(wanted)))
        as_user = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
        self.log = (self.directory / "log").open("w")
        # pylint: disable-next=consider-using-with
        self.process = subprocess.Popen(
            ["unshare", *as_user, "--net", "--mount", "--pid", "--fork", "--kill-child",
             "--mount-proc", sys.executable, __file__, self.directory],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=self.log, text=True)
        if self.process.stdout.readline() != "ready\n":
            text = (self.directory / "log").read_text()
            self.end()
            raise RuntimeError(f"the chain by hand did not start:\n{text[-2000:]}")
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        self.enter = ["nsenter", "-t", children.split()[0],
                      *(["-U", "--preserve-credentials"] if as_user else []), "-n", "--"]
        self.url = f"https://{wanted.front}"

    def end(self) -> None:
        self.process.kill()  # and with it the namespace's first process, hence all of them
        self.process.wait()
        self.process.stdout.close()
        self.log.close()
        shutil.rmtree(self.directory, ignore_errors=True)

    def __enter__(self) -> "HandChain":
        return self

    def __exit__(self, *_unused) -> None:
        self.end()


def barest_plan(directory: Path) -> Plan:
    plan = Plan(authority=str(directory / "ca.pem"))
    for number in BACK:
        plan.proxies[f"{NET}.{number}"] = load_balancer(
            directory, number, [f"{NET}.{was}:8080" for was in WAS])
    for number in WEB:
        plan.proxies[f"{NET}.{number}"] = web(directory, number)
    plan.proxies[plan.front] = load_balancer(directory, FRONT, [f"{NET}.{web}:80" for web in WEB])
    return plan


def load_balancer(directory: Path, number: int, targets: list[str]) -> list[str]:
    servers = "\n".join(f"  server s{i} {target}" for i, target in enumerate(targets))
    file = directory / f"haproxy-{number}.cfg"
    file.write_text(HAPROXY.format(address=f"{NET}.{number}", directory=directory,
                                   servers=servers))
    return ["/usr/sbin/haproxy", "-db", "-f", str(file)]


def web(directory: Path, number: int) -> list[str]:
    (directory / f"temp-{number}").mkdir()
    servers = "\n".join(f"    server {NET}.{back}:443;" for back in BACK)
    file = directory / f"nginx-{number}.conf"
    file.write_text(NGINX.format(address=f"{NET}.{number}", number=number, directory=directory,
                                 servers=servers))
    return ["/usr/sbin/nginx", "-c", str(file)]


def run(*command: object) -> None:
    subprocess.run([str(word) for word in command], check=True, stdout=sys.stderr)


def name_of(address: str) -> str:
    return "n" + "-".join(address.split(".")[2:])


def make_network(plan: Plan) -> None:
    prefix = plan.network.split("/")[1]
    run("mount", "-t", "tmpfs", "none", "/run")  # where ip(8) keeps its namespaces' names
    run("ip", "link", "set", "lo", "up")
    run("ip", "link", "add", "hand", "type", "bridge")
    run("ip", "address", "add", f"{client_of(plan)}/{prefix}", "dev", "hand")
    run("ip", "link", "set", "hand", "up")
    for address in (plan.database, *plan.memo, *plan.proxies):
        name = name_of(address)
        run("ip", "netns", "add", name)
        run("ip", "link", "add", f"v{name}", "type", "veth", "peer", "name", "eth0", "netns", name)
        run("ip", "link", "set", f"v{name}", "master", "hand", "up")
        run("ip", "-n", name, "address", "add", f"{address}/{prefix}", "dev", "eth0")
        for link in ("lo", "eth0"):
            run("ip", "-n", name, "link", "set", link, "up")


def client_of(plan: Plan) -> str:
    return ".".join([*plan.database.split(".")[:3], "1"])


def make_certificates(directory: Path, plan: Plan) -> None:
    curve = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", 2)
    names = ",".join(["DNS:hand.test", *(f"IP:{address}"
                                         for address in (plan.database, *plan.proxies))])
    run("openssl", "req", "-x509", *curve, "-subj", "/CN=by hand", "-keyout",
        directory / "ca.key", "-out", directory / "ca.pem")
    run("openssl", "req", "-x509", *curve, "-subj", "/CN=hand.test", "-addext",
        f"subjectAltName={names}", "-addext", "basicConstraints=critical,CA:FALSE", "-CA",
        directory / "ca.pem", "-CAkey", directory / "ca.key", "-keyout", directory / "leaf.key",
        "-out", directory / "leaf.pem")
    (directory / "both.pem").write_text((directory / "leaf.pem").read_text() +
                                        (directory / "leaf.key").read_text())


def start(address: str, *command: object, **environment: str) -> None:
    # pylint: disable-next=consider-using-with
    subprocess.Popen(["ip", "netns", "exec", name_of(address), *map(str, command)],
                     stdout=sys.stderr, env={**os.environ, **environment})


def start_database(directory: Path, address: str) -> None:
    data, users = directory / "data", directory / "users.sql"
    users.write_text(DATABASE_USERS)
    run("mariadb-install-db", "--no-defaults", "--user=root", "--skip-test-db",
        f"--datadir={data}")
    start(address, "/usr/sbin/mariadbd", "--no-defaults", "--user=root", f"--datadir={data}",
          f"--socket={directory}/db.sock", f"--bind-address={address}",
          f"--init-file={users}", f"--ssl-ca={directory}/ca.pem",
          f"--ssl-cert={directory}/leaf.pem", f"--ssl-key={directory}/leaf.key",
          "--skip-name-resolve")


def start_memo(directory: Path, address: str, database: str) -> None:
    start(address, ROOT / "build/release/src/memo/memo", "serve", DB_HOST=database,
          DB_USER="memo", DB_PASSWORD="memo", DB_CA=str(directory / "ca.pem"),
          MEMO_LISTEN=f"{address}:8080", MEMO_METRICS_LISTEN="off", MEMO_PROXY_HOPS="3")


def read_and_drop(path: str) -> None:
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(path)
    listener.listen()

    def drain() -> None:
        while True:
            connection, _ = listener.accept()
            while connection.recv(1 << 18):
                time.sleep(READ_EVERY)

    threading.Thread(target=drain, daemon=True).start()


def wait_until_it_answers(plan: Plan) -> None:
    deadline = time.monotonic() + READY_WITHIN
    good = 0
    host = plan.host or plan.front
    while good < 8:  # each of two webs asks each of two backs
        done = subprocess.run(
            ["curl", "-sf", "-m", "2", "--cacert", plan.authority, "--resolve",
             f"{host}:443:{plan.front}", f"https://{host}/readyz"], stdout=subprocess.DEVNULL,
            check=False)
        good = good + 1 if done.returncode == 0 else 0
        if time.monotonic() > deadline:
            raise TimeoutError(f"the chain does not answer within {READY_WITHIN} s")
        time.sleep(0 if good else 0.1)


def main() -> None:
    directory = Path(sys.argv[1])
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    plan = Plan(**json.loads((directory / "plan.json").read_text()))
    make_network(plan)
    make_certificates(directory, plan)
    start_database(directory, plan.database)
    for address in plan.memo:
        start_memo(directory, address, plan.database)
    for path in plan.log_sockets:
        read_and_drop(path)
    for address, command in plan.proxies.items():
        start(address, *command)
    wait_until_it_answers(plan)
    print("ready", flush=True)
    while True:
        try:
            os.wait()
        except ChildProcessError:
            return


if __name__ == "__main__":
    main()
