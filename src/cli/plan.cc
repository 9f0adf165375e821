#include <fmt/format.h>

#include <boost/json/serialize.hpp>
#include <memory>

#include "cli/api_client.h"
#include "cli/command.h"
#include "cli/json_read.h"
#include "cli/terminal.h"

namespace scv::cli {

Run DeclarePlan(CLI::App& app) {
  const auto explain = std::make_shared<bool>(false);
  app.add_flag("--explain", *explain, "Also the reason for everything that stands");
  app.footer("Examples:\n  scv plan\n  scv plan --explain");
  return [explain](const Context& context) {
    const ApiClient api(context.files.socket());
    const auto answer = api.Get("/v1/plan");
    if (!answer) return Complain(answer.error());
    if (context.json) {
      fmt::print("{}\n", boost::json::serialize(*answer));
      return 0;
    }
    if (!answer->is_object()) return 1;
    const auto& plan = answer->get_object();
    std::vector<std::vector<std::string>> rows;
    for (const auto* part : Objects(plan, "parts")) {
      const bool settled = Text(*part, "phase") == "running" && !Flag(*part, "changing");
      if (settled && !*explain) continue;
      rows.push_back(
          {Painted(settled ? Tone::kGood : Tone::kBusy, Text(*part, "phase")), Text(*part, "kind"),
           Painted(Tone::kBold, Text(*part, "name")),
           Text(*part, "detail").empty() ? Text(*part, "reason") : Text(*part, "detail")});
    }
    fmt::print("{}", Columns(rows, ""));
    for (const auto* pending : Objects(plan, "pending")) {
      fmt::print("{} {} {}: {}\n", Painted(Tone::kBusy, Text(*pending, "status")),
                 Text(*pending, "type"), Text(*pending, "id"), Text(*pending, "reason"));
    }
    if (rows.empty()) fmt::print("Everything stands as Terraform wants it.\n");
    return 0;
  };
}

}  // namespace scv::cli
