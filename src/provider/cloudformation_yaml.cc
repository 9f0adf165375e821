#include "provider/cloudformation_yaml.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <sstream>
#include <string>
#include <vector>

namespace scv::provider::cloudformation {
namespace {

namespace json = boost::json;

constexpr std::size_t kDepthMax = 60;
constexpr std::size_t kValuesMax = 20'000;

// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html
constexpr std::array<std::string_view, 18> kTags{
    "And",    "Base64", "Cidr",   "Condition",   "Equals", "FindInMap",
    "GetAZs", "GetAtt", "If",     "ImportValue", "Join",   "Not",
    "Or",     "Ref",    "Select", "Split",       "Sub",    "Transform"};

// The tags of YAML itself that CloudFormation takes.
bool IsPlain(std::string_view tag) {
  constexpr std::string_view kYaml = "tag:yaml.org,2002:";
  constexpr std::array<std::string_view, 6> kPlain{"bool", "float", "int", "map", "seq", "str"};
  return tag.starts_with(kYaml) &&
         std::ranges::find(kPlain, tag.substr(kYaml.size())) != kPlain.end();
}

class Refused : public std::exception {
 public:
  Refused(const YAML::Mark& mark, const std::string& what)
      : text_("line " + std::to_string(mark.line + 1) + ", column " +
              std::to_string(mark.column + 1) + ": " + what) {}
  const char* what() const noexcept override { return text_.c_str(); }

 private:
  std::string text_;
};

// Takes the parser's events one by one, so that nothing is built that was not counted.
class Builder final : public YAML::EventHandler {
 public:
  json::value Take() { return std::move(root_); }
  bool done() const { return documents_ == 1 && !root_.is_null(); }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ > 1) throw Refused(mark, "a template is one document");
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t /*anchor*/) override {
    throw Refused(mark, "an empty value; CloudFormation takes none");
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t /*anchor*/) override {
    throw Refused(mark, "an alias (*); CloudFormation knows none. Write the value again");
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& text) override {
    RefuseAnchor(mark, anchor);
    Put(mark, tag, json::string(text));
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value /*style*/) override {
    Open(mark, tag, anchor, json::array());
  }
  void OnSequenceEnd() override { Close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value /*style*/) override {
    Open(mark, tag, anchor, json::object());
  }
  void OnMapEnd() override { Close(); }

 private:
  struct Frame {
    YAML::Mark mark;
    std::string tag;
    json::value value;
    std::string key;
    bool has_key = false;
  };

  static void RefuseAnchor(const YAML::Mark& mark, YAML::anchor_t anchor) {
    if (anchor != 0) throw Refused(mark, "an anchor (&); CloudFormation knows none");
  }

  void Open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
            json::value value) {
    RefuseAnchor(mark, anchor);
    if (frames_.size() >= kDepthMax) throw Refused(mark, "more than 60 levels deep");
    if (!frames_.empty() && frames_.back().value.is_object() && !frames_.back().has_key) {
      throw Refused(mark, "a key must be a word");
    }
    frames_.push_back({mark, tag, std::move(value), {}, false});
  }

  void Close() {
    auto frame = std::move(frames_.back());
    frames_.pop_back();
    Put(frame.mark, frame.tag, std::move(frame.value));
  }

  static json::value Tagged(const YAML::Mark& mark, const std::string& tag, json::value value) {
    if (tag.empty() || tag == "?" || tag == "!" || IsPlain(tag)) return value;
    const auto name = std::string_view(tag).substr(1);
    if (!tag.starts_with('!') || std::ranges::find(kTags, name) == kTags.end()) {
      throw Refused(mark, "the tag " + tag.substr(0, 40) + " is none of CloudFormation's");
    }
    if (name == "GetAtt" && value.is_string()) {
      const std::string text(value.get_string());
      const auto dot = text.find('.');
      if (dot == std::string::npos) throw Refused(mark, "!GetAtt wants Resource.Attribute");
      value = json::array{text.substr(0, dot), text.substr(dot + 1)};
    }
    const bool bare = name == "Ref" || name == "Condition";
    return json::object{{bare ? std::string(name) : "Fn::" + std::string(name), std::move(value)}};
  }

  void Put(const YAML::Mark& mark, const std::string& tag, json::value value) {
    if (++values_ > kValuesMax) throw Refused(mark, "more than 20,000 values");
    if (frames_.empty()) {
      root_ = Tagged(mark, tag, std::move(value));
      return;
    }
    auto& frame = frames_.back();
    if (frame.value.is_array()) {
      frame.value.get_array().push_back(Tagged(mark, tag, std::move(value)));
    } else if (frame.has_key) {
      frame.value.get_object()[frame.key] = Tagged(mark, tag, std::move(value));
      frame.has_key = false;
    } else {
      frame.key = std::string(value.get_string());
      frame.has_key = true;
      if (frame.value.get_object().contains(frame.key)) {
        throw Refused(mark, "the key " + frame.key.substr(0, 80) + " is there twice");
      }
    }
  }

  std::vector<Frame> frames_;
  json::value root_;
  std::size_t values_ = 0;
  int documents_ = 0;
};

Result<json::value> Wrong(const std::string& why) {
  return Fail(ErrorKind::kInvalid, "the template cannot be read: " + why);
}

}  // namespace

Result<json::value> ParseText(std::string_view text) {
  if (text.size() > kTextMax) return Wrong("it has more than 51,200 bytes");
  if (text.find('\0') != std::string_view::npos) return Wrong("it has a zero byte");
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    Builder builder;
    while (parser.HandleNextDocument(builder)) {
    }
    if (!builder.done()) return Wrong("there is nothing in it");
    return builder.Take();
  } catch (const std::exception& failed) {
    return Wrong(failed.what());
  }
}

}  // namespace scv::provider::cloudformation
