#include <fmt/format.h>

#include <boost/json/serialize.hpp>
#include <cstdio>
#include <memory>

#include "cli/api_client.h"
#include "cli/command.h"
#include "cli/terminal.h"

namespace scv::cli {
namespace {

constexpr int kHttpsPort = 8443;  // the default of `up`

int HttpsPort(const LabFiles& files) {
  const auto record = ReadLabRecord(files);
  if (!record) return kHttpsPort;
  const auto door = record->ports.find("door");
  return door == record->ports.end() ? kHttpsPort : door->second;
}

}  // namespace

Run DeclareTrust(CLI::App& app) {
  const auto pem = std::make_shared<bool>(false);
  app.add_flag("--pem", *pem, "Only print the root certificate");
  app.footer(
      "The root is good for names below localhost and for no other site (critical name "
      "constraints). A lab whose domain is another one signs its names with a root that only its "
      "instances trust: browsers refuse them, on purpose; set domain to "
      "something.localhost.\n\nExamples:\n  scv trust\n  "
      "scv trust --pem > scv-root.pem");
  return [pem](const Context& context) {
    const ApiClient api(context.files.socket());
    const auto root = api.Text("/v1/trust");
    if (!root) return Complain(root.error());
    if (context.json) {
      fmt::print("{}\n", boost::json::serialize(boost::json::value{{"root", *root}}));
      return 0;
    }
    if (*pem) {
      fmt::print("{}", *root);
      return 0;
    }
    const auto file = (context.files.state / "root.pem").string();
    fmt::print(
        "The lab's certificate authority, good for names below localhost only, is in {0}\n\n"
        "curl:      curl --cacert {0} https://www.scv.localhost:{1}/\n"
        "Debian:    sudo cp {0} /usr/local/share/ca-certificates/scv-lab.crt\n"
        "           sudo update-ca-certificates\n"
        "Chromium:  certutil -d sql:$HOME/.pki/nssdb -A -t C,, -n scv-lab -i {0}\n"
        "Firefox:   Settings → Certificates → Authorities → Import\n\n"
        "Take it away again the same way when the lab is gone.\n",
        file, HttpsPort(context.files));
    return 0;
  };
}

}  // namespace scv::cli
