#include <fmt/format.h>

#include <boost/json/serialize.hpp>
#include <memory>

#include "cli/api_client.h"
#include "cli/command.h"
#include "cli/json_read.h"
#include "cli/terminal.h"

namespace scv::cli {
namespace {

struct Options {
  std::string name;
  std::string type = "A";
  std::string from;
};

}  // namespace

Run DeclareDns(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  app.add_option("name", options->name, "The name to look up")->required();
  app.add_option("-t,--type", options->type, "The record's type")->capture_default_str();
  app.add_option("--from", options->from, "Ask the resolver of this VPC instead of the public one");
  app.footer("Examples:\n  scv dns www.scv.localhost\n  scv dns api.scv.localhost -t CNAME");
  return [options](const Context& context) {
    const ApiClient api(context.files.socket());
    const auto answer =
        api.Get(fmt::format("/v1/dns?name={}&type={}&from={}", PercentEncode(options->name),
                            PercentEncode(options->type), PercentEncode(options->from)));
    if (!answer) return Complain(answer.error());
    if (context.json) {
      fmt::print("{}\n", boost::json::serialize(*answer));
      return 0;
    }
    const auto values =
        answer->is_object() ? Texts(answer->get_object(), "values") : std::vector<std::string>();
    for (const auto& value : values) fmt::print("{}\n", value);
    if (!values.empty()) return 0;
    return Complain({ErrorKind::kNotFound, options->name + " has no record of type " +
                                               options->type + " (NOERROR, no answer)"});
  };
}

}  // namespace scv::cli
