#include "memo/store/mariadb_text.h"

#include <array>
#include <charconv>

namespace scv::memo {

MariadbText& MariadbText::Raw(std::string_view sql) {
  sql_ += sql;
  return *this;
}

MariadbText& MariadbText::Number(std::int64_t value) {
  std::array<char, 20> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  sql_.append(digits.data(), end);
  return *this;
}

MariadbText& MariadbText::Bytes(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  sql_ += "x'";
  const std::size_t start = sql_.size();
  sql_.resize(start + 2 * bytes.size() + 1);
  char* out = sql_.data() + start;
  for (const char c : bytes) {
    const auto byte = static_cast<std::uint8_t>(c);
    *out++ = kDigits[byte >> 4];
    *out++ = kDigits[byte & 15];
  }
  *out = '\'';
  return *this;
}

MariadbText& MariadbText::Bytes(const std::array<std::uint8_t, 16>& bytes) {
  return Bytes(std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
}

MariadbText& MariadbText::Comma(bool& first) {
  if (!first) sql_ += ", ";
  first = false;
  return *this;
}

MariadbText& MariadbText::Key(AccountId account, const std::array<std::uint8_t, 16>& id) {
  return Raw("(").Number(account).Raw(", ").Bytes(id).Raw(")");
}

MariadbText& MariadbText::MemoRow(AccountId account, const Memo& memo) {
  Raw("(").Number(account).Raw(", ").Bytes(memo.id.bytes).Raw(", ").Bytes(memo.title);
  Raw(", ").Bytes(memo.content).Raw(", ").Number(memo.pinned ? 1 : 0);
  Raw(", ").Number(static_cast<std::int64_t>(memo.state)).Raw(", ").Number(memo.version);
  Raw(", ").Number(memo.created_at).Raw(", ").Number(memo.updated_at);
  return Raw(", ").Number(memo.deleted_at).Raw(")");
}

MariadbText& MariadbText::RecordRow(const Digest128& key, const Digest128& request,
                                    Millis created_at, std::string_view receipt) {
  Raw(", ").Bytes(key).Raw(", ").Bytes(request).Raw(", ").Number(created_at);
  return Raw(", ").Bytes(receipt).Raw(")");
}

}  // namespace scv::memo
