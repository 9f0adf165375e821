#include <fmt/format.h>

#include "render/haproxy.h"
#include "render/ipv4.h"

namespace scv::render {

Result<std::string> HaproxyDoorConfig(const HaproxyDoor& door) {
  if (!ParseIpv4(door.resolver) || door.target_port < 1 || door.target_port > 65'535) {
    return Fail(ErrorKind::kInvalid, "the door's resolver or port is none");
  }
  // "hold" is how long answers are reused: as good as not at all, names may move at any moment.
  std::string text = fmt::format(
      "global\n"
      "  nbthread 1\n"
      "  maxconn 4096\n"
      "resolvers lab\n"
      "  nameserver public {}:53\n"
      "  resolve_retries 3\n"
      "  timeout resolve 100\n"
      "  timeout retry 500\n"
      "  hold valid 1\n"
      "  hold nx 1\n"
      "  hold obsolete 1\n"
      "  hold other 1\n"
      "  hold refused 1\n"
      "  hold timeout 1\n"
      "defaults\n"
      "  mode tcp\n"
      "  timeout connect 3000\n"
      "  timeout client 1h\n"
      "  timeout server 1h\n"
      "  timeout client-fin 30s\n"
      "  timeout server-fin 30s\n"
      "frontend https\n"
      "  bind fd@{}\n"
      "  tcp-request inspect-delay 5s\n"
      "  tcp-request content reject if {{ req.len gt 0 }} !{{ req.ssl_hello_type 0:10 }}\n"
      "  tcp-request content do-resolve(txn.address,lab,ipv4) req.ssl_sni,lower if "
      "{{ req.ssl_hello_type 1 }} {{ req.ssl_sni -m found }}\n"
      "  tcp-request content accept if {{ req.ssl_hello_type 1 }} {{ var(txn.address) -m found }}\n"
      "  tcp-request content reject if {{ req.ssl_hello_type 1 }}\n"
      "  tcp-request content reject if WAIT_END\n"
      "  default_backend lab\n"
      "backend lab\n"
      "  tcp-request content set-dst var(txn.address)\n"
      "  tcp-request content set-dst-port int({})\n"
      "  server lab 0.0.0.0:0\n",
      door.resolver, door.https_listener, door.target_port);
  if (door.http_listener >= 0) {
    text += fmt::format(
        "frontend http\n"
        "  mode http\n"
        "  timeout client 10s\n"
        "  bind fd@{}\n"
        "  http-request redirect location https://%[req.hdr(host),host_only]:{}%[pathq] code 301\n",
        door.http_listener, door.public_https_port);
  }
  return text;
}

}  // namespace scv::render
