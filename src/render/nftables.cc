#include "render/nftables.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

namespace scv::render {
namespace {

std::string Short(std::string_view prefix, std::string_view id) {
  return fmt::format("{}{:012x}", prefix, StableHash(id) >> 16);
}

std::string Elements(std::string_view verb, const Ruleset& table, std::string_view set,
                     const std::set<std::string>& addresses) {
  if (addresses.empty()) return {};
  return fmt::format("{} element {} {} {} {{ {} }}\n", verb, table.family, table.table, set,
                     fmt::join(addresses, ", "));
}

std::set<std::string> Minus(const std::set<std::string>& from, const std::set<std::string>& what) {
  std::set<std::string> rest;
  std::ranges::set_difference(from, what, std::inserter(rest, rest.end()));
  return rest;
}

// The text between `open` and `close` behind the next `label`, moving `text` past it.
std::string_view TakeBlock(std::string_view& text, std::string_view label, char close) {
  const std::size_t start = text.find(label);
  const std::size_t end = start == text.npos ? text.npos : text.find(close, start + label.size());
  if (end == text.npos) return text = {};
  const std::string_view block = text.substr(start + label.size(), end - start - label.size());
  text.remove_prefix(end);
  return block;
}

std::set<std::string> SplitAddresses(std::string_view text) {
  std::set<std::string> addresses;
  while (!text.empty()) {
    const std::size_t first = text.find_first_of("0123456789");
    if (first == text.npos) break;
    text.remove_prefix(first);
    const std::size_t size = std::min(text.find_first_not_of("0123456789."), text.size());
    addresses.emplace(text.substr(0, size));
    text.remove_prefix(size);
  }
  return addresses;
}

}  // namespace

std::uint64_t StableHash(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const unsigned char byte : text) hash = (hash ^ byte) * 0x100000001b3;
  return hash;
}

std::string BridgeName(std::string_view subnet_id) { return Short("br-", subnet_id); }
std::string PortName(Ipv4 address) { return fmt::format("p-{:08x}", address); }
std::string InternetLinkName(std::string_view vpc_id) { return Short("up-", vpc_id); }
std::string SetName(std::string_view group_id) { return Short("sg_", group_id); }
std::string WideAreaLinkName(std::string_view peer) { return Short("wa-", peer); }

std::string ReplaceTable(const Ruleset& wanted) {
  std::string text =
      fmt::format("table {0} {1}\ndelete table {0} {1}\n", wanted.family, wanted.table);
  text += fmt::format("table {} {} {{\n  chain {} {{\n  }}\n{}}}\n", wanted.family, wanted.table,
                      wanted.revision, wanted.body);
  for (const auto& [set, addresses] : wanted.elements) {
    text += Elements("add", wanted, set, addresses);
  }
  return text;
}

std::string ChangeElements(const Ruleset& wanted,
                           const std::map<std::string, std::set<std::string>>& actual) {
  std::string text;
  for (const auto& [set, addresses] : wanted.elements) {
    const auto found = actual.find(set);
    const auto& before = found == actual.end() ? std::set<std::string>() : found->second;
    text += Elements("add", wanted, set, Minus(addresses, before));
    text += Elements("delete", wanted, set, Minus(before, addresses));
  }
  return text;
}

Ruleset ReadTable(std::string_view table, std::string_view listing) {
  Ruleset found{.table = std::string(table), .body = {}, .elements = {}, .revision = {}};
  std::string_view rest = listing;
  if (const auto name = TakeBlock(rest, "chain revision_", ' '); !name.empty()) {
    found.revision = fmt::format("revision_{}", name);
  }
  rest = listing;
  while (true) {
    const std::size_t set = rest.find("\tset ");
    if (set == rest.npos) break;
    rest.remove_prefix(set);
    std::string_view block = rest.substr(0, rest.find("\n\t}"));
    rest.remove_prefix(block.size());
    const std::string_view name = TakeBlock(block, "\tset ", ' ');
    found.elements[std::string(name)] = SplitAddresses(TakeBlock(block, "elements = {", '}'));
  }
  return found;
}

}  // namespace scv::render
