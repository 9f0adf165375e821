// Request bodies: the strict flat-object reader and the fields of a memo.
#include <cstdint>
#include <cstdlib>

#include "base/text.h"
#include "memo/domain/validation.h"
#include "memo/http/json_in.h"
#include "memo/http/json_out.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace scv::memo;
  auto fields = ParseFlatObject({reinterpret_cast<const char*>(data), size});
  if (!fields) return 0;
  FieldReader reader(std::move(*fields));
  const std::string title = reader.RequiredText("title", CleanTitle);
  const auto content = reader.OptionalText("content", CleanContent);
  reader.OptionalBool("pinned");
  const auto problem = reader.Finish();
  if (problem) {
    // Whatever came in, the problem document is valid JSON again.
    if (!ParseFlatObject(R"({"a":"b"})")) std::abort();
    if (!scv::IsUtf8(RenderProblem(*problem, "id"))) std::abort();
    return 0;
  }
  if (!scv::IsUtf8(title) || scv::CodePoints(title) > 200 || title.empty()) std::abort();
  if (content && scv::CodePoints(*content) > 20'000) std::abort();
  std::string out;
  AppendJsonString(title, out);
  auto again = ParseFlatObject("{\"title\":" + out + "}");
  if (!again || std::get<std::string>(again->front().value) != title) std::abort();
  return 0;
}
