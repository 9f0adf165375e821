// Idempotency receipts read back from the database: damage is an error, never a crash.
#include <cstdint>
#include <cstdlib>

#include "memo/domain/write_rules.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace scv::memo;
  if (size == 0) return 0;
  WriteCommand command;
  switch (data[0] % 4) {
    case 0:
      command.operation = CreateMemo{};
      break;
    case 1:
      command.operation = PatchMemo{};
      break;
    case 2:
      command.operation = PurgeMemo{};
      break;
    default:
      command.operation = RevokeSessions{};
  }
  const auto answer = DecodeReceipt({reinterpret_cast<const char*>(data) + 1, size - 1}, command);
  if (answer && !answer->replayed) std::abort();
  return 0;
}
