#include "memo/store/mariadb_write.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "memo/store/mariadb_batch.h"
#include "memo/store/mariadb_creates.h"

namespace scv::memo {
namespace {

// Deadlocks are rare (everybody locks in one order) and short.
constexpr int kTriesMax = 5;
// A quarter of the packet a server accepts by default. One command stays far below it.
constexpr std::size_t kSqlBytesMax = std::size_t{4} << 20;
// After the COMMIT, in the same round trip. Everybody may read these.
constexpr std::string_view kPlaceSql = "; SELECT @@last_gtid, @@global.server_id";

bool AnyToLocate(std::span<const WriteCommand* const> commands) {
  return std::any_of(commands.begin(), commands.end(),
                     [](const WriteCommand* command) { return command->locate; });
}

// The result of kPlaceSql.
Result<WritePlace> PlaceIn(std::vector<MariadbRows>& results) {
  if (results.empty() || !results.back().Next()) {
    return Fail(ErrorKind::kInternal, "MariaDB answered fewer statements than were asked");
  }
  const MariadbRows& row = results.back();
  return WritePlace{static_cast<std::uint32_t>(row.Int(1)), std::string(row.Bytes(0))};
}

}  // namespace

Result<void> MariadbWriter::Write(std::span<const WriteCommand* const> commands,
                                  std::span<WriteAnswer* const> answers,
                                  std::span<Error> failures) {
  for (WriteAnswer* answer : answers) *answer = {};
  std::fill(failures.begin(), failures.end(), Error{ErrorKind::kInternal, ""});
  SCV_ASSIGN(Outcome outcome, TryCreates(commands, answers));
  if (outcome == Outcome::kDone) return {};
  if (outcome != Outcome::kTooLarge) {
    SCV_ASSIGN(outcome, TryRepeatedly(commands, answers, failures));
  }
  if (outcome == Outcome::kDone) return {};
  if (commands.size() > 1) {
    const std::size_t part = outcome == Outcome::kTooLarge ? (commands.size() + 1) / 2 : 1;
    return WriteInParts(commands, answers, failures, part);
  }
  if (outcome == Outcome::kDeadlock) {
    return Fail(ErrorKind::kUnavailable, "MariaDB: the write lost every deadlock");
  }
  *answers[0] = {};
  failures[0] = {ErrorKind::kInvalid, "the database refused the write"};
  return {};
}

Result<void> MariadbWriter::WriteInParts(std::span<const WriteCommand* const> commands,
                                         std::span<WriteAnswer* const> answers,
                                         std::span<Error> failures, std::size_t part) {
  for (std::size_t at = 0; at < commands.size(); at += part) {
    const std::size_t count = std::min(part, commands.size() - at);
    SCV_TRY(Write(commands.subspan(at, count), answers.subspan(at, count),
                  failures.subspan(at, count)));
  }
  return {};
}

Result<MariadbWriter::Outcome> MariadbWriter::TryCreates(
    std::span<const WriteCommand* const> commands, std::span<WriteAnswer* const> answers) {
  auto sql = MariadbCreatesSql(commands);
  if (!sql) return Outcome::kNotSo;
  if (sql->size() > kSqlBytesMax && commands.size() > 1) return Outcome::kTooLarge;
  const bool locate = AnyToLocate(commands);
  if (locate) sql->append(kPlaceSql);
  auto done = connection_.Query(*sql);
  if (!done) return GiveUp(std::move(done).error());
  AnswerCreates(commands, answers);
  if (!locate) return Outcome::kDone;
  SCV_ASSIGN(const WritePlace place, PlaceIn(*done));
  for (WriteAnswer* answer : answers) answer->place = place;
  return Outcome::kDone;
}

Result<MariadbWriter::Outcome> MariadbWriter::TryRepeatedly(
    std::span<const WriteCommand* const> commands, std::span<WriteAnswer* const> answers,
    std::span<Error> failures) {
  for (int tries = 1;; ++tries) {
    SCV_ASSIGN(const Outcome outcome, TryBatch(commands, answers, failures));
    // A duplicate may be another instance's row that came between look and insert: the next look
    // finds it. In a batch the others must not wait for that.
    const bool again =
        outcome == Outcome::kDeadlock || (outcome == Outcome::kDuplicate && commands.size() == 1);
    if (!again || tries == kTriesMax) return outcome;
  }
}

Result<MariadbWriter::Outcome> MariadbWriter::TryBatch(
    std::span<const WriteCommand* const> commands, std::span<WriteAnswer* const> answers,
    std::span<Error> failures) {
  MariadbBatch batch(commands, answers, failures);
  auto loaded = connection_.Query(batch.LoadSql());
  if (!loaded) return GiveUp(std::move(loaded).error());
  auto taken_in = batch.Load(*loaded, connection_.options().require_writable);
  if (!taken_in) return GiveUp(std::move(taken_in).error());
  batch.Decide();
  for (WriteAnswer* answer : answers) answer->place.server = batch.server();
  auto sql = batch.StoreSql();
  if (!sql) {
    SCV_TRY(connection_.Execute("ROLLBACK"));
    return Outcome::kDone;
  }
  if (sql->size() > kSqlBytesMax && commands.size() > 1) {
    SCV_TRY(connection_.Execute("ROLLBACK"));
    return Outcome::kTooLarge;
  }
  const bool locate = AnyToLocate(commands);
  if (locate) sql->append(kPlaceSql);
  auto stored = connection_.Query(*sql);
  if (!stored) return GiveUp(std::move(stored).error());
  if (!locate) return Outcome::kDone;
  SCV_ASSIGN(const WritePlace place, PlaceIn(*stored));
  for (WriteAnswer* answer : answers) {
    if (answer->status == WriteStatus::kApplied && !answer->replayed) answer->place = place;
  }
  return Outcome::kDone;
}

Result<MariadbWriter::Outcome> MariadbWriter::GiveUp(Error error) {
  const unsigned code = connection_.last_code();
  const bool goes_on = error.kind == ErrorKind::kInvalid || code == kMariadbDeadlock;
  // Otherwise the session is dropped, which rolls back as well.
  if (!goes_on) return std::unexpected(std::move(error));
  SCV_TRY(connection_.Execute("ROLLBACK"));
  if (code == kMariadbDeadlock) return Outcome::kDeadlock;
  return code == kMariadbDuplicate ? Outcome::kDuplicate : Outcome::kRefused;
}

}  // namespace scv::memo
