#include "daemon/state_store.h"

#include <openssl/evp.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <span>

namespace scv::daemon {
namespace {

namespace json = boost::json;

constexpr int kFormat = 1;
constexpr std::chrono::seconds kBusyTimeout{5};

std::string Digest(std::initializer_list<std::string_view> parts) {
  std::string text;
  for (const std::string_view part : parts) {
    text.append(std::to_string(part.size())).append(":").append(part);
  }
  std::string digest(EVP_MAX_MD_SIZE, '\0');
  unsigned int size = 0;
  EVP_Digest(text.data(), text.size(), reinterpret_cast<unsigned char*>(digest.data()), &size,
             EVP_sha256(), nullptr);
  digest.resize(size);
  return digest;
}

Error DamagedFile(const std::filesystem::path& file, std::string_view what) {
  return {ErrorKind::kInternal,
          "the lab's state file " + file.string() + " is damaged (" + std::string(what) +
              "). It is left as it is. Either put back a copy of it and run `./scv up`, or start"
              " from nothing: `./scv down` removes it with all that the lab has, then `./scv up`"};
}

}  // namespace

StateStore::StateStore(std::filesystem::path file, std::unique_ptr<SqliteConnection> connection)
    : file_(std::move(file)),
      connection_(std::move(connection)),
      put_resource_(*connection_,
                    "INSERT OR REPLACE INTO resource (account, region, type, id, attributes,"
                    " created_at, revision, digest) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"),
      remove_resource_(*connection_,
                       "DELETE FROM resource WHERE account = ? AND region = ? AND type = ?"
                       " AND id = ?"),
      put_document_(*connection_,
                    "INSERT OR REPLACE INTO document (kind, name, text, digest)"
                    " VALUES (?, ?, ?, ?)"),
      remove_document_(*connection_, "DELETE FROM document WHERE kind = ? AND name = ?"),
      transactions_(*connection_) {}

Error StateStore::Damaged(std::string_view what) const { return DamagedFile(file_, what); }

Result<std::unique_ptr<StateStore>> StateStore::Open(const std::filesystem::path& file) {
  auto connection = SqliteConnection::Open(file, kBusyTimeout, true);
  if (!connection && connection.error().kind == ErrorKind::kInternal) {
    return std::unexpected(DamagedFile(file, "SQLite cannot read it"));
  }
  if (!connection) return std::unexpected(connection.error());
  std::unique_ptr<StateStore> store(new StateStore(file, std::move(*connection)));
  if (auto prepared = store->Prepare(); !prepared) {
    if (prepared.error().kind != ErrorKind::kInternal) return std::unexpected(prepared.error());
    return std::unexpected(store->Damaged(prepared.error().message));
  }
  return store;
}

Result<void> StateStore::Prepare() {
  SCV_TRY(connection_->Execute("PRAGMA journal_mode = WAL"));
  SCV_TRY(connection_->Execute("PRAGMA synchronous = FULL"));
  SqliteStatement check(*connection_, "PRAGMA quick_check(1)");
  {
    SqliteRun run(check);
    SCV_ASSIGN(const bool answered, run.Step());
    const std::string verdict = answered ? run.Text() : "no answer";
    if (verdict != "ok") return Fail(ErrorKind::kInternal, verdict);  // Open says the rest
  }
  SqliteStatement format(*connection_, "PRAGMA user_version");
  SqliteRun run(format);
  SCV_TRY(run.Step());
  const auto version = run.Int();
  if (version > kFormat) {
    return Fail(ErrorKind::kConflict, "the lab's state file " + file_.string() + " has format " +
                                          std::to_string(version) + ", this program knows only " +
                                          std::to_string(kFormat) + "; run the newer program");
  }
  if (version == kFormat) return {};
  return connection_->Execute(
      "BEGIN EXCLUSIVE;"
      "CREATE TABLE IF NOT EXISTS resource (account TEXT NOT NULL, region TEXT NOT NULL,"
      " type TEXT NOT NULL, id TEXT NOT NULL, attributes TEXT NOT NULL,"
      " created_at INTEGER NOT NULL, revision INTEGER NOT NULL, digest BLOB NOT NULL,"
      " PRIMARY KEY (account, region, type, id)) STRICT, WITHOUT ROWID;"
      "CREATE TABLE IF NOT EXISTS document (kind TEXT NOT NULL, name TEXT NOT NULL,"
      " text TEXT NOT NULL, digest BLOB NOT NULL, PRIMARY KEY (kind, name)) STRICT, WITHOUT ROWID;"
      "PRAGMA user_version = 1;"
      "COMMIT");
}

Result<std::pair<aws::DesiredState, Documents>> StateStore::Load() {
  aws::DesiredState state;
  std::uint64_t newest = 0;
  SqliteStatement resources(*connection_,
                            "SELECT account, region, type, id, attributes, created_at, revision,"
                            " digest FROM resource");
  SqliteRun row(resources);
  for (;;) {
    SCV_ASSIGN(const bool more, row.Step());
    if (!more) break;
    aws::Resource resource;
    resource.key = {
        .account = row.Text(), .region = row.Text(), .type = row.Text(), .id = row.Text()};
    const std::string attributes = row.Text();
    resource.created_at = row.Int();
    resource.revision = row.As<std::uint64_t>();
    const auto& key = resource.key;
    if (row.Blob() != Digest({key.account, key.region, key.type, key.id, attributes})) {
      return std::unexpected(Damaged("the row of " + key.type + " " + key.id));
    }
    boost::system::error_code code;
    auto value = json::parse(attributes, code);
    if (code || !value.is_object()) return std::unexpected(Damaged("JSON of " + key.id));
    resource.attributes = std::move(value.get_object());
    if (resource.attributes.contains(kDeletingMark)) resource.status = aws::Status::kDeleting;
    newest = std::max(newest, resource.revision);
    state.Put(std::move(resource));
  }
  state.set_revision(newest);
  Documents documents;
  SqliteStatement select(*connection_, "SELECT kind, name, text, digest FROM document");
  SqliteRun document(select);
  for (;;) {
    SCV_ASSIGN(const bool more, document.Step());
    if (!more) break;
    std::string kind = document.Text();
    std::string name = document.Text();
    std::string text = document.Text();
    if (document.Blob() != Digest({kind, name, text})) {
      return std::unexpected(Damaged("the " + kind + " " + name));
    }
    documents.emplace(std::pair(std::move(kind), std::move(name)), std::move(text));
  }
  return std::pair(std::move(state), std::move(documents));
}

Result<void> StateStore::PutResource(const aws::Resource& resource) {
  const auto& key = resource.key;
  const std::string attributes = json::serialize(resource.attributes);
  const std::string digest = Digest({key.account, key.region, key.type, key.id, attributes});
  SqliteRun run(put_resource_);
  run.Bind(key.account).Bind(key.region).Bind(key.type).Bind(key.id).Bind(attributes);
  run.Bind(resource.created_at).Bind(static_cast<std::int64_t>(resource.revision));
  run.BindBlob(digest);
  return run.Finish();
}

Result<void> StateStore::PutDocument(const std::pair<std::string, std::string>& key,
                                     std::string_view text) {
  const std::string digest = Digest({key.first, key.second, text});
  SqliteRun run(put_document_);
  run.Bind(key.first).Bind(key.second).Bind(text).BindBlob(digest);
  return run.Finish();
}

Result<void> StateStore::Save(const StateChange& change) {
  if (change.empty()) return {};
  SqliteTransaction transaction(transactions_);
  SCV_TRY(transaction.BeginWrite(writers_, kBusyTimeout));
  for (const auto& resource : change.put) SCV_TRY(PutResource(resource));
  for (const auto& key : change.removed) {
    SqliteRun run(remove_resource_);
    run.Bind(key.account).Bind(key.region).Bind(key.type).Bind(key.id);
    SCV_TRY(run.Finish());
  }
  for (const auto& [key, text] : change.documents) SCV_TRY(PutDocument(key, text));
  for (const auto& [kind, name] : change.forgotten) {
    SqliteRun run(remove_document_);
    run.Bind(kind).Bind(name);
    SCV_TRY(run.Finish());
  }
  return transaction.Commit();
}

}  // namespace scv::daemon
