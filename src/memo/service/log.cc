#include "memo/service/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <boost/json.hpp>

#include "base/time.h"

namespace scv::memo {
namespace {

struct Context {
  std::string region;
  std::string instance;
};

Context& TheContext() {
  static Context context;
  return context;
}

spdlog::level::level_enum ToSpdlog(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return spdlog::level::debug;
    case LogLevel::kInfo:
      return spdlog::level::info;
    case LogLevel::kWarning:
      return spdlog::level::warn;
    case LogLevel::kError:
      return spdlog::level::err;
  }
  return spdlog::level::info;
}

std::string_view LevelName(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return "debug";
    case LogLevel::kInfo:
      return "info";
    case LogLevel::kWarning:
      return "warning";
    case LogLevel::kError:
      return "error";
  }
  return "info";
}

boost::json::value ToJson(const LogValue& value) {
  return std::visit(
      [](const auto& v) -> boost::json::value {
        if constexpr (std::is_same_v<std::decay_t<decltype(v)>, std::string_view>) {
          return boost::json::string(boost::json::string_view(v.data(), v.size()));
        } else {
          return v;
        }
      },
      value);
}

boost::json::string_view View(std::string_view text) { return {text.data(), text.size()}; }

}  // namespace

void StartLog(LogLevel level, std::string region, std::string instance) {
  TheContext() = {std::move(region), std::move(instance)};
  auto logger = spdlog::stdout_logger_mt("memo");
  logger->set_pattern("%v");
  logger->set_level(ToSpdlog(level));
  logger->flush_on(spdlog::level::info);
  spdlog::set_default_logger(std::move(logger));
}

bool LogEnabled(LogLevel level) { return spdlog::should_log(ToSpdlog(level)); }

void Log(LogLevel level, std::string_view event, std::string_view message,
         std::initializer_list<LogField> fields) {
  if (!LogEnabled(level)) return;
  boost::json::object line;
  line["time"] = FormatRfc3339(WallClockMillis());
  line["level"] = View(LevelName(level));
  line["event"] = View(event);
  line["message"] = View(message);
  if (!TheContext().region.empty()) line["region"] = TheContext().region;
  if (!TheContext().instance.empty()) line["instance"] = TheContext().instance;
  for (const LogField& field : fields) line[View(field.name)] = ToJson(field.value);
  spdlog::log(ToSpdlog(level), "{}", boost::json::serialize(line));
}

void FlushLog() { spdlog::default_logger()->flush(); }

}  // namespace scv::memo
