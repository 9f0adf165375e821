#include "provider/data_sources.h"
namespace scv::provider {
Result<Value> ReadDataSource(std::string_view type, const DataQuery&) {
  return Fail(ErrorKind::kInvalid, std::string(type));
}
}  // namespace scv::provider
