// Writes down what a `terraform apply` creates, for tools/record_graph.
#ifndef SCV_PROVIDER_RECORDER_H_
#define SCV_PROVIDER_RECORDER_H_

#include <boost/json/object.hpp>
#include <filesystem>
#include <fstream>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"
#include "provider/observer.h"

namespace scv::provider {

// One JSON object a line, in the order of creation:
//   {"event":"provider","region":…,"default_tags":{…}}
//   {"event":"ephemeral","type":…,"config":{…}}
//   {"event":"resource","type":…,"id":…,"config":{…},"sets":[…],"computed":{…}}
// `config` is as HCL gave it, without nulls and empty blocks; `sets` are the paths in it of what
// has no order ("ingress.cidr_blocks"); `computed` is what the provider decided. Passwords of
// ephemeral resources are never written: kPasswordMarker stands for them.
class Recorder final : public Observer {
 public:
  static constexpr std::string_view kPasswordMarker = "⟦password⟧";

  // Replaces `file`; readable by its owner only.
  static Result<std::unique_ptr<Recorder>> Open(const std::filesystem::path& file);

  void Configured(const std::string& region,
                  const std::map<std::string, std::string>& default_tags) override;
  void Created(const std::string& type, const Value& config, const Value& planned,
               const Value& state) override;
  void Opened(const std::string& type, const Value& config, const Value& result) override;

 private:
  explicit Recorder(std::ofstream out) : out_(std::move(out)) {}
  void Write(boost::json::object line);

  std::mutex mutex_;
  std::ofstream out_;
  std::set<std::string> passwords_;
};

}  // namespace scv::provider

#endif  // SCV_PROVIDER_RECORDER_H_
