// Cursors, ids, times and durations: what decodes encodes to the same text again.
#include <cstdint>
#include <cstdlib>

#include "base/time.h"
#include "base/uuid.h"
#include "memo/http/cursor.h"
#include "memo/service/config.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace scv::memo;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto id = DecodeCursor(text); id && EncodeCursor(*id) != text) std::abort();
  if (const auto id = scv::ParseUuidV7(text); id && scv::ToString(*id) != text) std::abort();
  if (const auto time = scv::ParseRfc3339(text)) {
    if (scv::ParseRfc3339(scv::FormatRfc3339(*time)) != time && *time > -62167219200000 &&
        *time < 253402300800000) {
      std::abort();
    }
  }
  if (const auto duration = ParseDuration(text); duration && duration->count() < 0) std::abort();
  (void)ParseHostPort(text);
  return 0;
}
