// Text that must not be seen: cleared from memory when it goes, and impossible to stream, format or
// concatenate without saying Reveal().
#ifndef SCV_MEMO_AWS_SECRET_H_
#define SCV_MEMO_AWS_SECRET_H_

#include <string.h>

#include <string>
#include <string_view>
#include <utility>

namespace scv::memo {

// Overwrites what `text` holds, spare capacity included, and empties it.
inline void Wipe(std::string& text) {
  text.resize(text.capacity());
  explicit_bzero(text.data(), text.size());
  text.clear();
}

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string_view value) : value_(value) {}
  Secret(const Secret&) = default;
  Secret(Secret&& other) noexcept : value_(std::move(other.value_)) { Wipe(other.value_); }
  Secret& operator=(const Secret& other) {
    if (this != &other) {
      Wipe(value_);
      value_ = other.value_;
    }
    return *this;
  }
  Secret& operator=(Secret&& other) noexcept {
    if (this != &other) {
      Wipe(value_);
      value_ = std::move(other.value_);
      Wipe(other.value_);
    }
    return *this;
  }
  ~Secret() { Wipe(value_); }

  const std::string& Reveal() const { return value_; }
  bool empty() const { return value_.empty(); }
  bool operator==(const Secret&) const = default;

 private:
  std::string value_;
};

}  // namespace scv::memo

#endif  // SCV_MEMO_AWS_SECRET_H_
