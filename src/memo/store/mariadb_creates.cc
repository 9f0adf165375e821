#include "memo/store/mariadb_creates.h"

#include <map>
#include <set>
#include <utility>

#include "memo/domain/write_rules.h"
#include "memo/store/mariadb_text.h"

namespace scv::memo {
namespace {

// One round trip less than looking first. The first record is without an account, which the table
// refuses, unless every caller is good; the share lock keeps that true until the COMMIT.
void CheckCallers(MariadbText& text, std::span<const WriteCommand* const> commands) {
  std::set<std::pair<AccountId, std::uint32_t>> callers;
  for (const WriteCommand* command : commands) {
    callers.emplace(command->caller.account, command->caller.token_version);
  }
  text.Raw("SELECT COUNT(*) = ").Number(static_cast<std::int64_t>(callers.size()));
  text.Raw(
      " INTO @scv_callers_good FROM account FORCE INDEX (PRIMARY) WHERE (id, token_version) IN (");
  bool first = true;
  for (const auto& [account, token_version] : callers) {
    text.Comma(first).Raw("(").Number(account).Raw(", ").Number(token_version).Raw(")");
  }
  text.Raw(") LOCK IN SHARE MODE");
}

}  // namespace

std::optional<std::string> MariadbCreatesSql(std::span<const WriteCommand* const> commands) {
  std::map<std::pair<AccountId, Digest128>, const WriteCommand*> by_key;
  for (const WriteCommand* command : commands) {
    if (!std::holds_alternative<CreateMemo>(command->operation)) return std::nullopt;
    if (!by_key.emplace(std::pair(command->caller.account, command->key), command).second) {
      return std::nullopt;
    }
  }
  MariadbText text;
  text.Raw("START TRANSACTION; ");
  CheckCallers(text, commands);
  MariadbText memos;
  text.Raw(kMariadbInsertRecords);
  bool first = true;
  bool first_memo = true;
  for (const auto& [key, command] : by_key) {
    const auto answer = DecideMemoWrite(*command, std::nullopt).answer;
    const AccountId account = command->caller.account;
    if (first) {
      text.Raw("(IF(@scv_callers_good, ").Number(account).Raw(", NULL)");
    } else {
      text.Raw(", (").Number(account);
    }
    first = false;
    text.RecordRow(command->key, command->request, command->now, EncodeReceipt(*command, answer));
    memos.Comma(first_memo).MemoRow(account, answer.memo);
  }
  text.Raw(kMariadbInsertMemos).Raw(memos.sql()).Raw("; COMMIT");
  return text.sql();
}

void AnswerCreates(std::span<const WriteCommand* const> commands,
                   std::span<WriteAnswer* const> answers) {
  for (std::size_t i = 0; i < commands.size(); ++i) {
    *answers[i] = DecideMemoWrite(*commands[i], std::nullopt).answer;
  }
}

}  // namespace scv::memo
