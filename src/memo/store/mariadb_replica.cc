#include "memo/store/mariadb_replica.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <map>
#include <set>
#include <utility>

#include "memo/store/mariadb_client.h"
#include "memo/store/mariadb_text.h"

namespace scv::memo {
namespace {

using std::chrono::milliseconds;

struct Gtid {
  std::uint32_t domain = 0;
  std::uint32_t server = 0;
  std::uint64_t sequence = 0;
};

template <typename Number>
bool TakeNumber(std::string_view& text, char end, Number& number) {
  const auto [at, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  text.remove_prefix(static_cast<std::size_t>(at - text.data()));
  if (error != std::errc{}) return false;
  if (end == '\0') return text.empty();
  if (!text.starts_with(end)) return false;
  text.remove_prefix(1);
  return true;
}

// "domain-server-sequence".
std::optional<Gtid> ParseGtid(std::string_view text) {
  Gtid gtid;
  const bool good = TakeNumber(text, '-', gtid.domain) && TakeNumber(text, '-', gtid.server) &&
                    TakeNumber(text, '\0', gtid.sequence);
  return good ? std::optional(gtid) : std::nullopt;
}

template <typename Key>
Key KeyAt(const MariadbRows& row) {
  Key key{row.Int(0), {}};
  const std::string_view bytes = row.Bytes(1);
  std::memcpy(key.second.data(), bytes.data(), std::min(bytes.size(), key.second.size()));
  return key;
}

using RowKey = std::pair<AccountId, std::array<std::uint8_t, 16>>;

// What the replica showed.
struct Shown {
  std::set<RowKey> records;
  std::map<RowKey, std::uint32_t> memos;

  bool Has(const Evidence& evidence) const {
    return std::all_of(evidence.records.begin(), evidence.records.end(),
                       [&](const Evidence::Record& record) {
                         return records.contains({record.account, record.key});
                       }) &&
           std::all_of(evidence.memos.begin(), evidence.memos.end(),
                       [&](const Evidence::MemoVersion& memo) {
                         const auto found = memos.find({memo.account, memo.id.bytes});
                         return found != memos.end() && found->second >= memo.version;
                       });
  }
};

template <typename Of>
std::set<RowKey> KeysOf(std::span<const Evidence* const> evidence, const Of& of) {
  std::set<RowKey> keys;
  for (const Evidence* one : evidence) of(*one, keys);
  return keys;
}

std::set<RowKey> RecordsOf(std::span<const Evidence* const> evidence) {
  return KeysOf(evidence, [](const Evidence& one, std::set<RowKey>& keys) {
    for (const auto& record : one.records) keys.emplace(record.account, record.key);
  });
}

std::set<RowKey> MemosOf(std::span<const Evidence* const> evidence) {
  return KeysOf(evidence, [](const Evidence& one, std::set<RowKey>& keys) {
    for (const auto& memo : one.memos) keys.emplace(memo.account, memo.id.bytes);
  });
}

void AddSelect(MariadbText& text, std::string_view select, const std::set<RowKey>& keys) {
  text.Raw(select);
  bool first = true;
  for (const auto& [account, id] : keys) text.Comma(first).Key(account, id);
  text.Raw("); ");
}

Error NotAReplica(const std::string& why) {
  return {ErrorKind::kConflict,
          "the other region's database " + why +
              ", so it confirms no write until DB_REPLICA_HOST leads to a read replica of DB_HOST"};
}

// The last result of LookSql(). Looked at after the rows, so that what a server took in once it was
// promoted cannot pass for replicated.
Result<void> CheckServer(MariadbRows& row, std::span<const Evidence* const> evidence) {
  if (!row.Next() || IsWritable(row.Bytes(0))) {
    return std::unexpected(NotAReplica("is writable, not a replica"));
  }
  const auto server = static_cast<std::uint32_t>(row.Int(1));
  for (const Evidence* one : evidence) {
    if (one->place.server == server) {
      return std::unexpected(NotAReplica("is the server that made the write"));
    }
  }
  return {};
}

class MariadbReplicaSession final : public ReplicaSession {
 public:
  explicit MariadbReplicaSession(std::unique_ptr<MariadbConnection> connection)
      : connection_(std::move(connection)) {}

  Result<std::vector<bool>> Look(std::span<const Evidence* const> evidence,
                                 milliseconds patience) override {
    patience = std::clamp(patience, milliseconds::zero(), kPatienceMax);
    auto results = connection_->Query(LookSql(evidence, patience));
    if (!results) return std::unexpected(NotYet(std::move(results).error()));
    auto next = results->begin();
    const bool waited = patience.count() > 0 && !LatestGtids(evidence).empty();
    const bool records = !RecordsOf(evidence).empty();
    const bool memos = !MemosOf(evidence).empty();
    if (results->size() != 1U + waited + records + memos) {
      return Fail(ErrorKind::kInternal, "MariaDB answered fewer statements than were asked");
    }
    if (waited) ++next;
    Shown shown;
    if (records) {
      while (next->Next()) shown.records.insert(KeyAt<RowKey>(*next));
      ++next;
    }
    if (memos) {
      while (next->Next()) {
        shown.memos[KeyAt<RowKey>(*next)] = static_cast<std::uint32_t>(next->Int(2));
      }
      ++next;
    }
    SCV_TRY(CheckServer(*next, evidence));
    std::vector<bool> found;
    for (const Evidence* one : evidence) found.push_back(shown.Has(*one));
    return found;
  }

 private:
  // A replica that has not got the service's tables yet will get them.
  Error NotYet(Error error) const {
    if (connection_->last_code() != kMariadbNoTable) return error;
    return {ErrorKind::kUnavailable, "the other region's database has no tables of memo yet"};
  }

  std::unique_ptr<MariadbConnection> connection_;
};

class MariadbReplica final : public Replica {
 public:
  explicit MariadbReplica(MariadbOptions options) : options_(std::move(options)) {}

  Result<std::unique_ptr<ReplicaSession>> Open(milliseconds timeout) override {
    SCV_ASSIGN(auto connection, ConnectMariadb(options_, timeout));
    return std::make_unique<MariadbReplicaSession>(std::move(connection));
  }

 private:
  const MariadbOptions options_;
};

}  // namespace

std::string LatestGtids(std::span<const Evidence* const> evidence) {
  std::map<std::uint32_t, Gtid> latest;
  for (const Evidence* one : evidence) {
    const auto gtid = ParseGtid(one->place.gtid);
    if (!gtid) continue;
    Gtid& known = latest[gtid->domain];
    if (gtid->sequence > known.sequence) known = *gtid;
  }
  std::string list;
  for (const auto& [domain, gtid] : latest) {
    if (!list.empty()) list += ',';
    list += std::to_string(domain) + '-' + std::to_string(gtid.server) + '-' +
            std::to_string(gtid.sequence);
  }
  return list;
}

std::string LookSql(std::span<const Evidence* const> evidence, milliseconds patience) {
  MariadbText text;
  const std::string gtids = LatestGtids(evidence);
  if (patience.count() > 0 && !gtids.empty()) {
    // Digits, '-' and ',' only. Seconds with their fraction: integer division would round down.
    text.Raw("SELECT MASTER_GTID_WAIT('").Raw(gtids).Raw("', ");
    text.Number(patience.count()).Raw(" / 1000); ");
  }
  const auto records = RecordsOf(evidence);
  if (!records.empty()) {
    AddSelect(text,
              "SELECT account_id, key_hash FROM idempotency FORCE INDEX (PRIMARY)"
              " WHERE (account_id, key_hash) IN (",
              records);
  }
  const auto memos = MemosOf(evidence);
  if (!memos.empty()) {
    AddSelect(text,
              "SELECT account_id, id, version FROM memo FORCE INDEX (PRIMARY)"
              " WHERE (account_id, id) IN (",
              memos);
  }
  text.Raw("SELECT @@global.read_only, @@global.server_id");
  return text.sql();
}

Result<std::unique_ptr<Replica>> MakeMariadbReplica(MariadbOptions options) {
  SCV_TRY(FinishMariadbOptions(options));
  options.io_timeout += ReplicaSession::kPatienceMax;
  return std::make_unique<MariadbReplica>(std::move(options));
}

}  // namespace scv::memo
