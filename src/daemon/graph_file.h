// The recorded resource graph (infra/recorded/*.json, written by tools/record_graph): what
// Terraform makes of the HCL, with markers where a value is known only when the graph is applied.
#ifndef SCV_DAEMON_GRAPH_FILE_H_
#define SCV_DAEMON_GRAPH_FILE_H_

#include <boost/json/object.hpp>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace scv::daemon {

struct GraphEntry {
  std::string address;  // Terraform's: module.network.aws_subnet.this["db-a"]
  std::string type;
  std::vector<std::string> depends_on;  // addresses without instance keys; what it refers to, too
  std::vector<std::string> ignore_changes;
  bool create_before_destroy = false;
  boost::json::object config;  // with markers
};

struct Graph {
  std::string region;
  std::map<std::string, std::string> default_tags;
  std::map<std::string, boost::json::object> ephemeral;  // by type; with markers
  std::vector<GraphEntry> entries;                       // dependencies first
};

// Reads a graph for the release in `artifacts` (manifest.json and what it names): ⟦artifacts⟧ and
// ⟦manifest.…⟧ are replaced, in addresses, too. kInvalid: not the form that tools/record_graph
// writes; kUnavailable: a file cannot be read.
Result<Graph> ReadGraph(const std::filesystem::path& file, const std::filesystem::path& artifacts);

// What a marker's name stands for; nullopt: the marker stays.
using Resolve = std::function<Result<std::optional<std::string>>(std::string_view name)>;

// `value` with its markers replaced. In a text that is JSON itself what is put in is escaped. An
// object {"⟦base64⟧": text} becomes the encoded text when `encode` is set.
Result<boost::json::value> Expand(const boost::json::value& value, const Resolve& resolve,
                                  bool encode);

// The string at a path such as domain_validation_options.0.name; numbers as text. nullopt: there is
// none.
std::optional<std::string> TextAt(const boost::json::value& value, std::string_view path);

// module.a.aws_subnet.b["c"] → module.a.aws_subnet.b
std::string_view WithoutKey(std::string_view address);

}  // namespace scv::daemon

#endif  // SCV_DAEMON_GRAPH_FILE_H_
