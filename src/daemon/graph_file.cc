#include "daemon/graph_file.h"

#include <openssl/evp.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <charconv>
#include <fstream>
#include <iterator>
#include <set>

namespace scv::daemon {
namespace {

namespace json = boost::json;

constexpr std::string_view kOpen = "⟦";
constexpr std::string_view kClose = "⟧";
constexpr std::string_view kBase64 = "⟦base64⟧";
constexpr std::string_view kEphemeral = "ephemeral.";
constexpr std::string_view kManifest = "manifest.";
constexpr std::uintmax_t kFileBytesMax = 16 << 20;

Result<json::value> ReadJson(const std::filesystem::path& file) {
  std::error_code failed;
  const auto size = std::filesystem::file_size(file, failed);
  std::ifstream in(file, std::ios::binary);
  if (failed || !in || size > kFileBytesMax) {
    return Fail(ErrorKind::kUnavailable, "cannot read " + file.string());
  }
  const std::string text(std::istreambuf_iterator<char>(in), {});
  boost::system::error_code code;
  auto value = json::parse(text, code);
  if (code) return Fail(ErrorKind::kInvalid, file.string() + " is no JSON: " + code.message());
  return value;
}

std::string Base64(std::string_view text) {
  std::string encoded(4 * ((text.size() + 2) / 3) + 1, '\0');
  const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(encoded.data()),
                                     reinterpret_cast<const unsigned char*>(text.data()),
                                     static_cast<int>(text.size()));
  encoded.resize(static_cast<std::size_t>(length));
  return encoded;
}

// As it stands between the quotes of a JSON string.
std::string Escaped(const std::string& text) {
  const auto quoted = json::serialize(json::string(text));
  return quoted.substr(1, quoted.size() - 2);
}

Result<std::string> ExpandText(std::string_view text, const Resolve& resolve) {
  const bool is_json = text.starts_with('{');
  std::string expanded;
  for (;;) {
    const auto open = text.find(kOpen);
    const auto close = open == text.npos ? open : text.find(kClose, open);
    if (close == text.npos) break;
    const auto end = close + kClose.size();
    SCV_ASSIGN(const auto found,
               resolve(text.substr(open + kOpen.size(), close - open - kOpen.size())));
    expanded += text.substr(0, open);
    if (!found) {
      expanded += text.substr(open, end - open);
    } else {
      expanded += is_json ? Escaped(*found) : *found;
    }
    text.remove_prefix(end);
  }
  return expanded + std::string(text);
}

Result<json::value> ExpandObject(const json::object& object, const Resolve& resolve, bool encode) {
  if (const auto* plain = object.if_contains(kBase64); plain != nullptr && encode) {
    SCV_ASSIGN(const auto text, Expand(*plain, resolve, encode));
    if (!text.is_string()) return Fail(ErrorKind::kInvalid, "a base64 marker without a text");
    return json::value(Base64(text.get_string()));
  }
  json::object expanded;
  for (const auto& [name, inner] : object) {
    SCV_ASSIGN(expanded[name], Expand(inner, resolve, encode));
  }
  return json::value(std::move(expanded));
}

std::vector<std::string> Texts(const json::object& object, std::string_view name) {
  std::vector<std::string> texts;
  for (const auto& item : object.at(name).as_array()) texts.emplace_back(item.as_string());
  return texts;
}

GraphEntry ToEntry(const json::object& object) {
  GraphEntry entry{.address = std::string(object.at("address").as_string()),
                   .type = std::string(object.at("type").as_string()),
                   .depends_on = Texts(object, "depends_on"),
                   .ignore_changes = {},
                   .create_before_destroy = object.contains("create_before_destroy"),
                   .config = object.at("config").as_object()};
  if (object.contains("ignore_changes")) entry.ignore_changes = Texts(object, "ignore_changes");
  return entry;
}

// The names of all markers.
std::set<std::string> Markers(const json::object& config) {
  std::set<std::string> names;
  const auto note = [&](std::string_view name) -> Result<std::optional<std::string>> {
    names.emplace(name);
    return std::nullopt;
  };
  static_cast<void>(Expand(config, note, /*encode=*/false));
  return names;
}

// What the configuration refers to comes before it, whether Terraform's file said so or not.
void DependOnReferences(const Graph& graph, const json::object& config, GraphEntry& entry) {
  for (const auto& name : Markers(config)) {
    if (name.starts_with(kEphemeral)) {
      const auto type =
          name.substr(kEphemeral.size(), name.find('.', kEphemeral.size()) - kEphemeral.size());
      const auto opened = graph.ephemeral.find(type);
      // What refers to an ephemeral one refers to what that one does; they are one deep.
      if (opened != graph.ephemeral.end() && &config == &entry.config) {
        DependOnReferences(graph, opened->second, entry);
      }
    }
    const auto colon = name.rfind(':');
    if (colon == name.npos || name.starts_with('@') || name.starts_with(kEphemeral)) continue;
    const std::string needed(WithoutKey(std::string_view(name).substr(0, colon)));
    if (std::ranges::find(entry.depends_on, needed) == entry.depends_on.end()) {
      entry.depends_on.push_back(needed);
    }
  }
}

Graph ToGraph(const json::object& object) {
  Graph graph;
  const auto& provider = object.at("provider").as_object();
  graph.region = std::string(provider.at("region").as_string());
  for (const auto& [name, value] : provider.at("default_tags").as_object()) {
    graph.default_tags[name] = std::string(value.as_string());
  }
  for (const auto& [type, config] : object.at("ephemeral").as_object()) {
    graph.ephemeral[type] = config.as_object();
  }
  for (const auto& entry : object.at("resources").as_array()) {
    graph.entries.push_back(ToEntry(entry.as_object()));
    DependOnReferences(graph, graph.entries.back().config, graph.entries.back());
  }
  return graph;
}

}  // namespace

Result<json::value> Expand(const json::value& value, const Resolve& resolve, bool encode) {
  if (value.is_object()) return ExpandObject(value.get_object(), resolve, encode);
  if (value.is_string()) {
    SCV_ASSIGN(auto text, ExpandText(value.get_string(), resolve));
    return json::value(text);
  }
  if (!value.is_array()) return value;
  json::array expanded;
  for (const auto& item : value.get_array()) {
    SCV_ASSIGN(auto inner, Expand(item, resolve, encode));
    expanded.push_back(std::move(inner));
  }
  return json::value(std::move(expanded));
}

std::optional<std::string> TextAt(const json::value& value, std::string_view path) {
  const auto* at = &value;
  while (!path.empty() && at != nullptr) {
    const auto name = path.substr(0, path.find('.'));
    path.remove_prefix(std::min(path.size(), name.size() + 1));
    if (const auto* object = at->if_object()) {
      at = object->if_contains(name);
    } else if (const auto* array = at->if_array()) {
      std::size_t index = array->size();
      std::from_chars(name.data(), name.data() + name.size(), index);
      at = array->if_contains(index);
    } else {
      return std::nullopt;
    }
  }
  if (at == nullptr) return std::nullopt;
  if (at->is_string()) return std::string(at->get_string());
  return at->is_number() ? std::optional(json::serialize(*at)) : std::nullopt;
}

std::string_view WithoutKey(std::string_view address) {
  if (!address.ends_with(']')) return address;
  bool quoted = false;
  std::size_t key = 0;  // of the last one: modules have keys, too
  for (std::size_t i = 0; i < address.size(); ++i) {
    if (address[i] == '\\' && quoted) {
      ++i;
    } else if (address[i] == '"') {
      quoted = !quoted;
    } else if (address[i] == '[' && !quoted) {
      key = i;
    }
  }
  return address.substr(0, key);
}

Result<Graph> ReadGraph(const std::filesystem::path& file, const std::filesystem::path& artifacts) {
  SCV_ASSIGN(const auto raw, ReadJson(file));
  SCV_ASSIGN(const auto manifest, ReadJson(artifacts / "manifest.json"));
  const auto resolve = [&](std::string_view name) -> Result<std::optional<std::string>> {
    if (name == "artifacts") return artifacts.string();
    if (!name.starts_with(kManifest)) return std::nullopt;
    auto found = TextAt(manifest, name.substr(kManifest.size()));
    if (found) return found;
    return Fail(ErrorKind::kInvalid, "the manifest in " + artifacts.string() + " has no " +
                                         std::string(name.substr(kManifest.size())) +
                                         "; build the artifacts again");
  };
  SCV_ASSIGN(const auto expanded, Expand(raw, resolve, /*encode=*/false));
  try {
    return ToGraph(expanded.as_object());
  } catch (const std::exception&) {
    return Fail(ErrorKind::kInvalid,
                file.string() + " is not what tools/record_graph writes; let it write it again");
  }
}

}  // namespace scv::daemon
