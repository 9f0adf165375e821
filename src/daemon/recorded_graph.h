// POST /v1/graph/apply and /v1/graph/destroy: the lab without Terraform.
#ifndef SCV_DAEMON_RECORDED_GRAPH_H_
#define SCV_DAEMON_RECORDED_GRAPH_H_

#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>

#include "aws/account.h"
#include "daemon/api_routes.h"
#include "provider/provider.h"

namespace scv::daemon {

// Held by the operation that goes on.
class GraphTurn {
 public:
  // Whether it could be had within a few seconds: one that was interrupted ends that soon.
  bool Take();
  void Release();

 private:
  std::mutex mutex_;
  std::condition_variable told_;
  bool taken_ = false;
};

// One operation at a time. Its progress is streamed, a JSON object a line (GraphRun), with
// {"event":"tick"} several times a second; whoever hangs up interrupts it, as Ctrl-C does
// Terraform.
class RecordedGraph final : public GraphApplier {
 public:
  // Borrowed; `memory` is a directory of the lab's, one file per graph.
  RecordedGraph(const provider::Provider& provider, const aws::Account& account,
                std::filesystem::path memory)
      : provider_(provider), account_(account), memory_(std::move(memory)) {}

  ApiResponse Start(GraphAction action, const std::filesystem::path& file,
                    const std::filesystem::path& artifacts) override;

 private:
  const provider::Provider& provider_;
  const aws::Account& account_;
  std::filesystem::path memory_;
  std::shared_ptr<GraphTurn> turn_ = std::make_shared<GraphTurn>();
};

}  // namespace scv::daemon

#endif  // SCV_DAEMON_RECORDED_GRAPH_H_
