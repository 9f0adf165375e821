// Reads the members of a JSON object one by one and complains about whatever is left, about wrong
// types and about values out of range; the first problem is kept, with the member's path.
#ifndef SCV_DRILL_SCENARIO_READER_H_
#define SCV_DRILL_SCENARIO_READER_H_

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <initializer_list>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace scv::drill {

class ScenarioReader {
 public:
  // `problem` outlives it and is shared by the readers of a document; "": none so far.
  ScenarioReader(const boost::json::object& object, std::string path, std::string& problem)
      : object_(object), path_(std::move(path)), problem_(problem) {}

  std::string Text(std::string_view name, bool needed = false);
  // One of `words`; `otherwise` when it is absent.
  std::string Word(std::string_view name, std::initializer_list<std::string_view> words,
                   std::string_view otherwise);
  std::optional<double> Number(std::string_view name, double least, double most);
  std::optional<long long> Whole(std::string_view name, long long least, long long most);
  bool Flag(std::string_view name);
  const boost::json::object* Object(std::string_view name);
  const boost::json::array* Array(std::string_view name, bool needed);
  bool Has(std::string_view name) const { return object_.contains(name); }
  // Whether the member is there and null.
  bool Null(std::string_view name);

  void Complain(std::string_view name, std::string_view what);
  // Complains about members that nobody asked for.
  void End();
  std::string PathOf(std::string_view name) const;

 private:
  const boost::json::value* Take(std::string_view name);

  const boost::json::object& object_;
  const std::string path_;
  std::string& problem_;
  std::set<std::string, std::less<>> known_;
};

}  // namespace scv::drill

#endif  // SCV_DRILL_SCENARIO_READER_H_
