#include "world/linux/network_nftables.h"

#include <nftables/libnftables.h>

#include <algorithm>
#include <memory>

namespace scv::world {
namespace {

constexpr std::size_t kErrorSizeMax = 500;

SetElements Removed(const SetElements& before, const SetElements& after) {
  SetElements removed;
  for (const auto& [set, elements] : before) {
    const auto same = after.find(set);
    for (const std::string& element : elements) {
      if (same == after.end() || !same->second.contains(element)) removed[set].insert(element);
    }
  }
  return removed;
}

}  // namespace

// libnftables as of the namespace that the calling thread is in when it is first used.
struct AppliedTable::Context {
  struct End {
    void operator()(nft_ctx* context) const { ::nft_ctx_free(context); }
  };
  std::unique_ptr<nft_ctx, End> nft;

  Result<void> Start() {
    nft.reset(::nft_ctx_new(NFT_CTX_DEFAULT));
    if (nft == nullptr || ::nft_ctx_buffer_output(nft.get()) != 0 ||
        ::nft_ctx_buffer_error(nft.get()) != 0) {
      nft.reset();
      return Fail(ErrorKind::kOverloaded, "libnftables cannot start: no memory");
    }
    return {};
  }

  // The result is what libnftables says.
  Result<std::string> Run(const std::string& text) {
    if (nft == nullptr) SCV_TRY(Start());
    if (::nft_run_cmd_from_buffer(nft.get(), text.c_str()) != 0) {
      std::string said = ::nft_ctx_get_error_buffer(nft.get());
      if (said.size() > kErrorSizeMax) said.resize(kErrorSizeMax);
      return Fail(ErrorKind::kInternal, "nftables refuses the rules: " + said);
    }
    return std::string(::nft_ctx_get_output_buffer(nft.get()));
  }

  render::Ruleset ReadStanding(const std::string& family, const std::string& table) {
    // A refusal means that there is no such table.
    return render::ReadTable(table, Run("list table " + family + " " + table).value_or(""));
  }
};

AppliedTable::AppliedTable() : context_(std::make_unique<Context>()) {}
AppliedTable::AppliedTable(AppliedTable&&) noexcept = default;
AppliedTable::~AppliedTable() = default;

Result<SetElements> AppliedTable::Apply(const render::Ruleset& wanted) {
  if (!known_) {
    render::Ruleset standing = context_->ReadStanding(wanted.family, wanted.table);
    revision_ = std::move(standing.revision);
    elements_ = std::move(standing.elements);
    known_ = true;
  }
  std::string change;
  if (revision_ == wanted.revision) {
    change = render::ChangeElements(wanted, elements_);
  } else if (!revision_.empty() || !wanted.body.empty()) {  // else: no table, and none is wanted
    change = render::ReplaceTable(wanted);
  }
  if (!change.empty()) {
    known_ = false;  // until it is certain
    SCV_TRY(context_->Run(change));
    known_ = true;
  }
  SetElements removed = Removed(elements_, wanted.elements);
  revision_ = wanted.revision;
  elements_ = wanted.elements;
  return removed;
}

}  // namespace scv::world
