// EncodeReceipt and DecodeReceipt of write_rules.h. The form, integers little-endian:
//   u8 form (1) | u8 kind (0 memo, 1 gone, 2 account) | u8 flags | fields of the kind
//   memo:    id[16] u32 version i64 created i64 updated i64 deleted [text title] [text content]
//   account: i64 id u32 token_version i64 created text username
//   text:    u32 length, bytes; title and content are present when their flag is set
#include <algorithm>
#include <cstdint>
#include <type_traits>

#include "memo/domain/write_rules.h"

namespace scv::memo {
namespace {

constexpr std::uint8_t kForm = 1;
constexpr std::uint8_t kMemo = 0;
constexpr std::uint8_t kGone = 1;
constexpr std::uint8_t kAccount = 2;
constexpr std::uint8_t kPinned = 1;
constexpr std::uint8_t kTrashed = 2;
constexpr std::uint8_t kHasTitle = 4;
constexpr std::uint8_t kHasContent = 8;

struct CarriedText {
  const std::string* title = nullptr;
  const std::string* content = nullptr;
};

// The texts that a command carries itself.
CarriedText CarriedBy(const WriteCommand& command) {
  return std::visit(
      [](const auto& op) -> CarriedText {
        using Op = std::decay_t<decltype(op)>;
        if constexpr (std::is_same_v<Op, CreateMemo> || std::is_same_v<Op, ReplaceMemo>) {
          return {&op.title, &op.content};
        } else if constexpr (std::is_same_v<Op, PatchMemo>) {
          return {op.title ? &*op.title : nullptr, op.content ? &*op.content : nullptr};
        } else {
          return {};
        }
      },
      command.operation);
}

bool IsAccountOperation(const WriteOperation& operation) {
  return std::holds_alternative<CreateAccount>(operation) ||
         std::holds_alternative<SetPassword>(operation) ||
         std::holds_alternative<RevokeSessions>(operation);
}

class Writer {
 public:
  template <typename Int>
  void Put(Int value) {
    auto bits = static_cast<std::make_unsigned_t<Int>>(value);
    for (std::size_t i = 0; i < sizeof(Int); ++i) {
      out_ += static_cast<char>(bits & 0xff);
      if constexpr (sizeof(Int) > 1) bits >>= 8;
    }
  }
  void PutText(std::string_view text) {
    Put(static_cast<std::uint32_t>(text.size()));
    out_ += text;
  }
  void PutBytes(const void* data, std::size_t size) {
    out_.append(static_cast<const char*>(data), size);
  }
  std::string Take() { return std::move(out_); }

 private:
  std::string out_;
};

// Reads past the end turn ok() false and yield zeros.
class Reader {
 public:
  explicit Reader(std::string_view data) : data_(data) {}

  template <typename Int>
  Int Get() {
    std::make_unsigned_t<Int> bits = 0;
    const std::string_view bytes = Bytes(sizeof(Int));
    for (std::size_t i = bytes.size(); i-- > 0;) {
      if constexpr (sizeof(Int) > 1) bits <<= 8;
      bits |= static_cast<std::uint8_t>(bytes[i]);
    }
    return static_cast<Int>(bits);
  }
  std::string GetText() { return std::string(Bytes(Get<std::uint32_t>())); }
  std::string_view Bytes(std::size_t size) {
    if (size > data_.size()) {
      ok_ = false;
      data_ = {};
      return {};
    }
    const auto bytes = data_.substr(0, size);
    data_.remove_prefix(size);
    return bytes;
  }
  bool Finished() const { return ok_ && data_.empty(); }

 private:
  std::string_view data_;
  bool ok_ = true;
};

void PutMemo(const Memo& memo, const CarriedText& carried, Writer& writer) {
  std::uint8_t flags = 0;
  if (memo.pinned) flags |= kPinned;
  if (memo.state == MemoState::kTrashed) flags |= kTrashed;
  if (carried.title == nullptr) flags |= kHasTitle;
  if (carried.content == nullptr) flags |= kHasContent;
  writer.Put(flags);
  writer.PutBytes(memo.id.bytes.data(), memo.id.bytes.size());
  writer.Put(memo.version);
  writer.Put(memo.created_at);
  writer.Put(memo.updated_at);
  writer.Put(memo.deleted_at);
  if (carried.title == nullptr) writer.PutText(memo.title);
  if (carried.content == nullptr) writer.PutText(memo.content);
}

// False: a text is neither in the receipt nor in the command.
bool ReadMemo(Reader& reader, std::uint8_t flags, const CarriedText& carried, Memo& memo) {
  memo.pinned = (flags & kPinned) != 0;
  memo.state = (flags & kTrashed) != 0 ? MemoState::kTrashed : MemoState::kActive;
  const auto id = reader.Bytes(memo.id.bytes.size());
  std::copy(id.begin(), id.end(), memo.id.bytes.begin());
  memo.version = reader.Get<std::uint32_t>();
  memo.created_at = reader.Get<Millis>();
  memo.updated_at = reader.Get<Millis>();
  memo.deleted_at = reader.Get<Millis>();
  const bool has_title = (flags & kHasTitle) != 0;
  const bool has_content = (flags & kHasContent) != 0;
  if ((!has_title && carried.title == nullptr) || (!has_content && carried.content == nullptr)) {
    return false;
  }
  memo.title = has_title ? reader.GetText() : *carried.title;
  memo.content = has_content ? reader.GetText() : *carried.content;
  return true;
}

void PutAccount(const Account& account, Writer& writer) {
  writer.Put(std::uint8_t{0});
  writer.Put(account.id);
  writer.Put(account.token_version);
  writer.Put(account.created_at);
  writer.PutText(account.username);
}

void ReadAccount(Reader& reader, Account& account) {
  account.id = reader.Get<AccountId>();
  account.token_version = reader.Get<std::uint32_t>();
  account.created_at = reader.Get<Millis>();
  account.username = reader.GetText();
}

}  // namespace

std::string EncodeReceipt(const WriteCommand& command, const WriteAnswer& answer) {
  Writer writer;
  writer.Put(kForm);
  if (IsAccountOperation(command.operation)) {
    writer.Put(kAccount);
    PutAccount(answer.account, writer);
  } else if (std::holds_alternative<PurgeMemo>(command.operation)) {
    writer.Put(kGone);
    writer.Put(std::uint8_t{0});
  } else {
    writer.Put(kMemo);
    PutMemo(answer.memo, CarriedBy(command), writer);
  }
  return writer.Take();
}

Result<WriteAnswer> DecodeReceipt(std::string_view receipt, const WriteCommand& repeat) {
  Reader reader(receipt);
  WriteAnswer answer;
  answer.status = WriteStatus::kApplied;
  answer.replayed = true;
  const auto form = reader.Get<std::uint8_t>();
  const auto kind = reader.Get<std::uint8_t>();
  const auto flags = reader.Get<std::uint8_t>();
  bool ok = form == kForm && kind <= kAccount;
  if (ok && kind == kMemo) ok = ReadMemo(reader, flags, CarriedBy(repeat), answer.memo);
  if (ok && kind == kAccount) ReadAccount(reader, answer.account);
  if (!ok || !reader.Finished()) {
    return Fail(ErrorKind::kInternal, "an idempotency receipt is damaged or of a later form");
  }
  return answer;
}

}  // namespace scv::memo
