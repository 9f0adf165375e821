#include "memo/store/sqlite_search.h"

#include <algorithm>
#include <cstdint>
#include <memory>

#include "base/text.h"

namespace scv::memo {
namespace {

// Steps of SQLite's machine between two looks at the clock: some tens of rows.
constexpr int kStepsPerLook = 500;

// Three-byte code points that fold to themselves and compose with nothing: U+3041-3096 and
// U+30A1-30FE (kana without the combining sound marks), U+4E00-9FFF (CJK), U+AC00-D7A3 (Hangul).
bool FoldsToItself(std::uint32_t code_point) {
  return (code_point >= 0xac00 && code_point <= 0xd7a3) ||
         (code_point >= 0x4e00 && code_point <= 0x9fff) ||
         (code_point >= 0x3041 && code_point <= 0x3096) ||
         (code_point >= 0x30a1 && code_point <= 0x30fe);
}

bool IsPlain(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  for (std::size_t i = 0; i < text.size();) {
    if (byte(i) < 0x80) {
      ++i;
      continue;
    }
    if ((byte(i) & 0xf0) != 0xe0 || text.size() - i < 3) return false;
    const std::uint32_t code_point = static_cast<std::uint32_t>(byte(i) & 0x0f) << 12 |
                                     static_cast<std::uint32_t>(byte(i + 1) & 0x3f) << 6 |
                                     static_cast<std::uint32_t>(byte(i + 2) & 0x3f);
    if (!FoldsToItself(code_point)) return false;
    i += 3;
  }
  return true;
}

char ToLowerAscii(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

std::string_view TextOf(sqlite3_value* value) {
  const auto* text = reinterpret_cast<const char*>(sqlite3_value_text(value));
  if (text == nullptr) return {};
  return {text, static_cast<std::size_t>(sqlite3_value_bytes(value))};
}

void Matches(sqlite3_context* context, int, sqlite3_value** values) {
  auto& room = *static_cast<std::string*>(sqlite3_user_data(context));
  const std::string_view needle = TextOf(values[0]);
  const auto contains = [&](sqlite3_value* text) {
    return FoldNfc(TextOf(text), room).find(needle) != std::string_view::npos;
  };
  sqlite3_result_int(context, contains(values[1]) || contains(values[2]) ? 1 : 0);
}

}  // namespace

std::string_view FoldNfc(std::string_view text, std::string& room) {
  if (IsPlain(text)) {
    room.resize(text.size());
    std::transform(text.begin(), text.end(), room.begin(), ToLowerAscii);
  } else {
    room = FoldCase(text);
  }
  return room;
}

Result<void> RegisterSearch(SqliteConnection& connection) {
  auto room = std::make_unique<std::string>();
  // SQLite calls the deleter on failure, too.
  const int code = sqlite3_create_function_v2(
      connection.handle(), "memo_matches", 3,
      SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY, room.release(), Matches, nullptr,
      nullptr, [](void* owned) { delete static_cast<std::string*>(owned); });
  if (code != SQLITE_OK) return std::unexpected(connection.ErrorOf(code));
  return {};
}

SqliteTimeBound::SqliteTimeBound(SqliteConnection& connection, std::chrono::milliseconds time_max)
    : connection_(connection), deadline_(std::chrono::steady_clock::now() + time_max) {
  sqlite3_progress_handler(connection_.handle(), kStepsPerLook, &SqliteTimeBound::IsOver, this);
}

SqliteTimeBound::~SqliteTimeBound() {
  sqlite3_progress_handler(connection_.handle(), 0, nullptr, nullptr);
}

int SqliteTimeBound::IsOver(void* self) {
  return std::chrono::steady_clock::now() >= static_cast<SqliteTimeBound*>(self)->deadline_ ? 1 : 0;
}

}  // namespace scv::memo
