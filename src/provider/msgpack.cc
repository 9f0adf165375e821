#include "provider/msgpack.h"

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <utility>

namespace scv::provider {
namespace {

template <typename T>
T BigEndian(const char* bytes) {
  T value = 0;
  for (std::size_t i = 0; i < sizeof(T); ++i) {
    value = static_cast<T>((value << 8) | static_cast<unsigned char>(bytes[i]));
  }
  return value;
}

class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}

  Result<Value> Read(int depth) {
    if (depth > kMsgpackDepthMax) return Bad("nested too deeply");
    SCV_ASSIGN(const std::uint8_t tag, Unsigned<std::uint8_t>());
    if (tag <= 0x7f) return Value(std::int64_t{tag});
    if (tag <= 0x8f) return Map(tag & 0x0fU, depth);
    if (tag <= 0x9f) return Array(tag & 0x0fU, depth);
    if (tag <= 0xbf) return Text(tag & 0x1fU);
    if (tag >= 0xe0) return Value(std::int64_t{static_cast<std::int8_t>(tag)});
    return ReadTagged(tag, depth);
  }
  bool AtEnd() const { return rest_.empty(); }
  static std::unexpected<Error> Bad(std::string_view why) {
    return Fail(ErrorKind::kInvalid, "the MessagePack value is malformed: " + std::string(why));
  }

 private:
  Result<Value> ReadTagged(std::uint8_t tag, int depth) {
    switch (tag) {
      case 0xc0:
        return Value();
      case 0xc2:
      case 0xc3:
        return Value(tag == 0xc3);
      case 0xc4:
      case 0xd9:
        return Sized<std::uint8_t>(&Reader::Text);
      case 0xc5:
      case 0xda:
        return Sized<std::uint16_t>(&Reader::Text);
      case 0xc6:
      case 0xdb:
        return Sized<std::uint32_t>(&Reader::Text);
      case 0xc7:
        return Sized<std::uint8_t>(&Reader::Extension);
      case 0xc8:
        return Sized<std::uint16_t>(&Reader::Extension);
      case 0xc9:
        return Sized<std::uint32_t>(&Reader::Extension);
      case 0xd4:
      case 0xd5:
      case 0xd6:
      case 0xd7:
      case 0xd8:
        return Extension(std::size_t{1} << (tag - 0xd4));
      case 0xdc:
      case 0xdd:
      case 0xde:
      case 0xdf:
        return Container(tag, depth);
      default:
        return Numeric(tag);
    }
  }

  Result<Value> Numeric(std::uint8_t tag) {
    switch (tag) {
      case 0xca: {
        SCV_ASSIGN(const auto bits, Unsigned<std::uint32_t>());
        return Real(static_cast<double>(std::bit_cast<float>(bits)));
      }
      case 0xcb: {
        SCV_ASSIGN(const auto bits, Unsigned<std::uint64_t>());
        return Real(std::bit_cast<double>(bits));
      }
      case 0xcc:
        return Integer<std::uint8_t>();
      case 0xcd:
        return Integer<std::uint16_t>();
      case 0xce:
        return Integer<std::uint32_t>();
      case 0xcf: {
        SCV_ASSIGN(const auto number, Unsigned<std::uint64_t>());
        if (number > INT64_MAX) return Value(Value::Big{std::to_string(number)});
        return Value(static_cast<std::int64_t>(number));
      }
      case 0xd0:
        return Integer<std::uint8_t, std::int8_t>();
      case 0xd1:
        return Integer<std::uint16_t, std::int16_t>();
      case 0xd2:
        return Integer<std::uint32_t, std::int32_t>();
      case 0xd3:
        return Integer<std::uint64_t, std::int64_t>();
      default:
        return Bad("an unused tag");
    }
  }

  static Result<Value> Real(double number) {
    if (!std::isfinite(number)) return Bad("a number is not finite");
    return Value(number);
  }

  template <typename T>
  Result<T> Unsigned() {
    if (rest_.size() < sizeof(T)) return Bad("it ends too early");
    const T value = BigEndian<T>(rest_.data());
    rest_.remove_prefix(sizeof(T));
    return value;
  }

  template <typename Wire, typename Meant = Wire>
  Result<Value> Integer() {
    SCV_ASSIGN(const auto bits, Unsigned<Wire>());
    return Value(static_cast<std::int64_t>(static_cast<Meant>(bits)));
  }

  template <typename Length>
  Result<Value> Sized(Result<Value> (Reader::*read)(std::size_t)) {
    SCV_ASSIGN(const auto length, Unsigned<Length>());
    return (this->*read)(length);
  }

  Result<Value> Container(std::uint8_t tag, int depth) {
    const bool wide = (tag & 1U) != 0;
    std::size_t count = 0;
    if (wide) {
      SCV_ASSIGN(count, Unsigned<std::uint32_t>());
    } else {
      SCV_ASSIGN(count, Unsigned<std::uint16_t>());
    }
    return tag <= 0xdd ? Array(count, depth) : Map(count, depth);
  }

  Result<Value> Text(std::size_t length) {
    if (rest_.size() < length) return Bad("it ends in a string");
    Value text{rest_.substr(0, length)};
    rest_.remove_prefix(length);
    return text;
  }

  Result<Value> Extension(std::size_t length) {
    if (rest_.size() < length + 1) return Bad("it ends in an extension");
    rest_.remove_prefix(length + 1);
    return Value(Value::Unknown{});
  }

  Result<Value> Array(std::size_t count, int depth) {
    if (count > rest_.size()) return Bad("an array is longer than its bytes");
    Value::List list;
    for (std::size_t i = 0; i < count; ++i) {
      SCV_ASSIGN(auto item, Read(depth + 1));
      list.push_back(std::move(item));
    }
    return Value(std::move(list));
  }

  Result<Value> Map(std::size_t count, int depth) {
    if (count > rest_.size()) return Bad("a map is longer than its bytes");
    Value::Object object;
    for (std::size_t i = 0; i < count; ++i) {
      SCV_ASSIGN(auto key, Read(depth + 1));
      if (key.As<std::string>() == nullptr) return Bad("a key is not a string");
      SCV_ASSIGN(auto item, Read(depth + 1));
      object.insert_or_assign(std::move(*key.As<std::string>()), std::move(item));
    }
    return Value(std::move(object));
  }

  std::string_view rest_;
};

class Writer {
 public:
  std::string Take() { return std::move(out_); }

  void operator()(Value::Null) { Byte(0xc0); }
  void operator()(Value::Unknown) {
    Byte(0xd4);
    Byte(0);
    Byte(0);
  }
  void operator()(bool flag) { Byte(flag ? 0xc3 : 0xc2); }
  void operator()(std::int64_t number) {
    if (number >= 0 && number <= 0x7f) {
      Byte(static_cast<std::uint8_t>(number));
    } else {
      Byte(0xd3);
      Big(static_cast<std::uint64_t>(number));
    }
  }
  void operator()(double number) {
    Byte(0xcb);
    Big(std::bit_cast<std::uint64_t>(number));
  }
  void operator()(const Value::Big& number) { (*this)(number.digits); }
  void operator()(const std::string& text) {
    if (text.size() <= 0x1f) {
      Byte(static_cast<std::uint8_t>(0xa0 | text.size()));
    } else {
      Byte(0xdb);
      Big(static_cast<std::uint32_t>(text.size()));
    }
    out_ += text;
  }
  void operator()(const Value::List& list) {
    Byte(0xdd);
    Big(static_cast<std::uint32_t>(list.size()));
    for (const auto& item : list) std::visit(*this, item.data());
  }
  void operator()(const Value::Object& object) {
    Byte(0xdf);
    Big(static_cast<std::uint32_t>(object.size()));
    for (const auto& [name, item] : object) {
      (*this)(name);
      std::visit(*this, item.data());
    }
  }

 private:
  void Byte(std::uint8_t byte) { out_.push_back(static_cast<char>(byte)); }
  template <typename T>
  void Big(T value) {
    for (int shift = static_cast<int>(sizeof(T)) * 8 - 8; shift >= 0; shift -= 8) {
      Byte(static_cast<std::uint8_t>(value >> shift));
    }
  }
  std::string out_;
};

}  // namespace

Result<Value> DecodeMsgpack(std::string_view bytes) {
  if (bytes.size() > kMsgpackBytesMax) return Reader::Bad("it is larger than 16 MiB");
  Reader reader(bytes);
  auto value = reader.Read(0);
  if (value.has_value() && !reader.AtEnd()) return Reader::Bad("something follows it");
  return value;
}

std::string EncodeMsgpack(const Value& value) {
  Writer writer;
  std::visit(writer, value.data());
  return writer.Take();
}

}  // namespace scv::provider
