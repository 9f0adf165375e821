"""moto's server on a free loopback port: prints "port N" when it listens, ends when stdin does."""

import logging
import sys

from moto.server import ThreadedMotoServer

logging.getLogger("werkzeug").setLevel(logging.ERROR)  # it logs every request
server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
server.start()
print("port %d" % server.get_host_and_port()[1], flush=True)
sys.stdin.read()
server.stop()
