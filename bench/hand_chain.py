"""The lab's request path as somebody would start it by hand: front HAProxy, two nginx, two back
HAProxy, two memo, one MariaDB, each in a plain network namespace on one bridge, TLS on the same
hops, with the shortest configuration that does it. Nothing of the lab but `memo` takes part.

Run by bench/run_lab. As a program (with a directory) it is the inside: it says "ready" when the
chain answers, and everything ends with it, because it is the first process of its PID namespace."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NET = "10.99.0"
DATABASE, FRONT, WEB, BACK, WAS = 2, 11, (21, 22), (31, 32), (41, 42)
READY_WITHIN = 60

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


class HandChain:
    """The chain from outside: `enter` is the command that runs something as its client."""

    def __init__(self) -> None:
        self.directory = Path(tempfile.mkdtemp(prefix="scv-hand-"))
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
        self.url = f"https://{NET}.{FRONT}"
        self.authority = self.directory / "ca.pem"

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


def run(*command: object) -> None:
    subprocess.run([str(word) for word in command], check=True, stdout=sys.stderr)


def make_network() -> None:
    run("mount", "-t", "tmpfs", "none", "/run")  # where ip(8) keeps its namespaces' names
    run("ip", "link", "set", "lo", "up")
    run("ip", "link", "add", "hand", "type", "bridge")
    run("ip", "address", "add", f"{NET}.1/24", "dev", "hand")
    run("ip", "link", "set", "hand", "up")
    for number in (DATABASE, FRONT, *WEB, *BACK, *WAS):
        run("ip", "netns", "add", f"n{number}")
        run("ip", "link", "add", f"v{number}", "type", "veth", "peer", "name", "eth0", "netns",
            f"n{number}")
        run("ip", "link", "set", f"v{number}", "master", "hand", "up")
        run("ip", "-n", f"n{number}", "address", "add", f"{NET}.{number}/24", "dev", "eth0")
        for link in ("lo", "eth0"):
            run("ip", "-n", f"n{number}", "link", "set", link, "up")


def make_certificates(directory: Path) -> None:
    curve = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", 2)
    names = ",".join(["DNS:hand.test", *(f"IP:{NET}.{n}" for n in (DATABASE, FRONT, *BACK))])
    run("openssl", "req", "-x509", *curve, "-subj", "/CN=by hand", "-keyout",
        directory / "ca.key", "-out", directory / "ca.pem")
    run("openssl", "req", "-x509", *curve, "-subj", "/CN=hand.test", "-addext",
        f"subjectAltName={names}", "-addext", "basicConstraints=critical,CA:FALSE", "-CA",
        directory / "ca.pem", "-CAkey", directory / "ca.key", "-keyout", directory / "leaf.key",
        "-out", directory / "leaf.pem")
    (directory / "both.pem").write_text((directory / "leaf.pem").read_text() +
                                        (directory / "leaf.key").read_text())


def start(number: int, *command: object, **environment: str) -> None:
    # pylint: disable-next=consider-using-with
    subprocess.Popen(["ip", "netns", "exec", f"n{number}", *map(str, command)], stdout=sys.stderr,
                     env={**os.environ, **environment})


def start_database(directory: Path) -> None:
    data, users = directory / "data", directory / "users.sql"
    users.write_text(DATABASE_USERS)
    run("mariadb-install-db", "--no-defaults", "--user=root", "--skip-test-db",
        f"--datadir={data}")
    start(DATABASE, "/usr/sbin/mariadbd", "--no-defaults", "--user=root", f"--datadir={data}",
          f"--socket={directory}/db.sock", f"--bind-address={NET}.{DATABASE}",
          f"--init-file={users}", f"--ssl-ca={directory}/ca.pem",
          f"--ssl-cert={directory}/leaf.pem", f"--ssl-key={directory}/leaf.key",
          "--skip-name-resolve")


def start_load_balancer(directory: Path, number: int, targets: list[str]) -> None:
    servers = "\n".join(f"  server s{i} {target}" for i, target in enumerate(targets))
    file = directory / f"haproxy-{number}.cfg"
    file.write_text(HAPROXY.format(address=f"{NET}.{number}", directory=directory,
                                   servers=servers))
    start(number, "/usr/sbin/haproxy", "-db", "-f", file)


def start_web(directory: Path, number: int) -> None:
    (directory / f"temp-{number}").mkdir()
    servers = "\n".join(f"    server {NET}.{back}:443;" for back in BACK)
    file = directory / f"nginx-{number}.conf"
    file.write_text(NGINX.format(address=f"{NET}.{number}", number=number, directory=directory,
                                 servers=servers))
    start(number, "/usr/sbin/nginx", "-c", file)


def start_memo(directory: Path, number: int) -> None:
    start(number, ROOT / "build/release/src/memo/memo", "serve", DB_HOST=f"{NET}.{DATABASE}",
          DB_USER="memo", DB_PASSWORD="memo", DB_CA=str(directory / "ca.pem"),
          MEMO_LISTEN=f"{NET}.{number}:8080", MEMO_METRICS_LISTEN="off", MEMO_PROXY_HOPS="3")


def wait_until_it_answers(directory: Path) -> None:
    deadline = time.monotonic() + READY_WITHIN
    good = 0
    while good < 8:  # each of two webs asks each of two backs
        done = subprocess.run(
            ["curl", "-sf", "-m", "2", "--cacert", directory / "ca.pem",
             f"https://{NET}.{FRONT}/readyz"], stdout=subprocess.DEVNULL, check=False)
        good = good + 1 if done.returncode == 0 else 0
        if time.monotonic() > deadline:
            raise TimeoutError(f"the chain does not answer within {READY_WITHIN} s")
        time.sleep(0 if good else 0.1)


def main() -> None:
    directory = Path(sys.argv[1])
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    make_network()
    make_certificates(directory)
    start_database(directory)
    for number in WAS:
        start_memo(directory, number)
    for number in BACK:
        start_load_balancer(directory, number, [f"{NET}.{was}:8080" for was in WAS])
    for number in WEB:
        start_web(directory, number)
    start_load_balancer(directory, FRONT, [f"{NET}.{web}:80" for web in WEB])
    wait_until_it_answers(directory)
    print("ready", flush=True)
    while True:
        try:
            os.wait()
        except ChildProcessError:
            return


if __name__ == "__main__":
    main()
