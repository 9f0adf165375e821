#include "memo/domain/write_rules.h"

#include <algorithm>
#include <cstring>
#include <type_traits>
#include <utility>

namespace scv::memo {
namespace {

template <class... Ts>
struct Overloaded : Ts... {
  using Ts::operator()...;
};

MemoDecision Refuse(WriteStatus status, Memo current = {}) {
  MemoDecision decision;
  decision.answer.status = status;
  decision.answer.memo = std::move(current);
  return decision;
}

MemoDecision Change(RowEffect effect, Memo memo) {
  MemoDecision decision;
  decision.effect = effect;
  decision.answer.status = WriteStatus::kApplied;
  decision.answer.memo = std::move(memo);
  return decision;
}

MemoDecision Update(Memo memo, Millis now) {
  ++memo.version;
  memo.updated_at = std::max(memo.updated_at, now);
  return Change(RowEffect::kUpdate, std::move(memo));
}

bool Stale(const Memo& current, std::optional<std::uint32_t> expected) {
  return expected && *expected != current.version;
}

MemoDecision Create(const WriteCommand& command, const CreateMemo& create) {
  Memo memo;
  memo.id = create.id;
  memo.title = create.title;
  memo.content = create.content;
  memo.state = create.state;
  memo.pinned = create.pinned && create.state == MemoState::kActive;
  // An imported memo's id carries its original creation time; for others it is now.
  memo.created_at = TimeOf(create.id);
  memo.updated_at = std::max(command.now, memo.created_at);
  memo.deleted_at = create.state == MemoState::kTrashed ? command.now : 0;
  return Change(RowEffect::kInsert, std::move(memo));
}

MemoDecision Replace(const WriteCommand& command, const ReplaceMemo& replace, Memo memo) {
  memo.title = replace.title;
  memo.content = replace.content;
  memo.pinned = replace.pinned.value_or(memo.pinned);
  return Update(std::move(memo), command.now);
}

MemoDecision Patch(const WriteCommand& command, const PatchMemo& patch, Memo memo) {
  if (patch.title) memo.title = *patch.title;
  if (patch.content) memo.content = *patch.content;
  if (patch.pinned) memo.pinned = *patch.pinned;
  return Update(std::move(memo), command.now);
}

MemoDecision Trash(const WriteCommand& command, Memo memo) {
  if (memo.state == MemoState::kTrashed) return Refuse(WriteStatus::kUnchanged, std::move(memo));
  memo.state = MemoState::kTrashed;
  memo.pinned = false;
  memo.deleted_at = command.now;
  return Update(std::move(memo), command.now);
}

MemoDecision Restore(const WriteCommand& command, Memo memo) {
  if (memo.state == MemoState::kActive) return Refuse(WriteStatus::kUnchanged, std::move(memo));
  memo.state = MemoState::kActive;
  memo.deleted_at = 0;
  return Update(std::move(memo), command.now);
}

template <typename Operation>
MemoDecision DecideOnExisting(const WriteCommand& command, const Operation& operation,
                              const std::optional<Memo>& current) {
  if (!current) return Refuse(WriteStatus::kNotFound);
  if (Stale(*current, operation.expected)) return Refuse(WriteStatus::kVersionConflict, *current);
  constexpr bool kEdit =
      std::is_same_v<Operation, ReplaceMemo> || std::is_same_v<Operation, PatchMemo>;
  if (kEdit && current->state == MemoState::kTrashed) {
    return Refuse(WriteStatus::kMemoTrashed, *current);
  }
  if constexpr (std::is_same_v<Operation, ReplaceMemo>) {
    return Replace(command, operation, *current);
  } else if constexpr (std::is_same_v<Operation, PatchMemo>) {
    return Patch(command, operation, *current);
  } else if constexpr (std::is_same_v<Operation, TrashMemo>) {
    return Trash(command, *current);
  } else if constexpr (std::is_same_v<Operation, RestoreMemo>) {
    return Restore(command, *current);
  } else {
    static_assert(std::is_same_v<Operation, PurgeMemo>);
    if (current->state != MemoState::kTrashed) {
      return Refuse(WriteStatus::kMemoNotTrashed, *current);
    }
    return Change(RowEffect::kDelete, Memo{});
  }
}

}  // namespace

std::optional<Uuid> TargetOf(const WriteOperation& operation) {
  return std::visit(
      [](const auto& op) -> std::optional<Uuid> {
        using Op = std::decay_t<decltype(op)>;
        if constexpr (requires { op.expected; }) {
          return op.id;
        } else {
          static_assert(!requires(Op o) { o.expected; });
          return std::nullopt;
        }
      },
      operation);
}

MemoDecision DecideMemoWrite(const WriteCommand& command, const std::optional<Memo>& current) {
  return std::visit(Overloaded{
                        [&](const CreateMemo& op) { return Create(command, op); },
                        [&](const CreateAccount&) { return Refuse(WriteStatus::kNotFound); },
                        [&](const SetPassword&) { return Refuse(WriteStatus::kNotFound); },
                        [&](const RevokeSessions&) { return Refuse(WriteStatus::kNotFound); },
                        [&](const auto& op) { return DecideOnExisting(command, op, current); },
                    },
                    command.operation);
}

}  // namespace scv::memo
