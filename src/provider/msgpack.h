// Values as MessagePack, in the form that Terraform's cty library reads and writes.
// MessagePack is specified at msgpack.org; the treatment of unknown values is in cty's
// documentation. Unknown values are extension type 0; refined unknowns are extension type 12.
// Numbers beyond int64 and double travel as decimal strings.
#ifndef SCV_PROVIDER_MSGPACK_H_
#define SCV_PROVIDER_MSGPACK_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"
#include "provider/value.h"

namespace scv::provider {

inline constexpr std::size_t kMsgpackBytesMax = std::size_t{16} << 20;
inline constexpr int kMsgpackDepthMax = 48;

// kInvalid: not one whole value, nested deeper than kMsgpackDepthMax, or longer than
// kMsgpackBytesMax. What it builds is bounded by the length of `bytes`.
Result<Value> DecodeMsgpack(std::string_view bytes);

std::string EncodeMsgpack(const Value& value);

}  // namespace scv::provider

#endif  // SCV_PROVIDER_MSGPACK_H_
