// One JSON object per line on standard output. Never a secret, a token, a password or memo text:
// callers pass fields by name, and only names made for it.
#ifndef SCV_MEMO_SERVICE_LOG_H_
#define SCV_MEMO_SERVICE_LOG_H_

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

namespace scv::memo {

enum class LogLevel { kDebug, kInfo, kWarning, kError };

using LogValue = std::variant<std::string_view, std::int64_t, double, bool>;
struct LogField {
  std::string_view name;
  LogValue value;
};

// Sets what all lines carry. Not thread-safe, call first.
void StartLog(LogLevel level, std::string region, std::string instance);

// Thread-safe. `event` is a stable lower_snake_case name; `message` is for people.
void Log(LogLevel level, std::string_view event, std::string_view message,
         std::initializer_list<LogField> fields = {});

bool LogEnabled(LogLevel level);
void FlushLog();

}  // namespace scv::memo

#endif  // SCV_MEMO_SERVICE_LOG_H_
