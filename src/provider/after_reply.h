// What is to be done once the reply of a call has been written to its connection. gRPC's
// synchronous handlers return before that; an interceptor sees it.
#ifndef SCV_PROVIDER_AFTER_REPLY_H_
#define SCV_PROVIDER_AFTER_REPLY_H_

#include <grpcpp/grpcpp.h>
#include <grpcpp/support/server_interceptor.h>

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace scv::provider {

// Thread-safe. Work of a call that ends without its reply having been written is forgotten.
class AfterReply {
 public:
  void Add(const grpc::ServerContextBase* call, std::function<void()> work) {
    const std::scoped_lock lock(mutex_);
    works_[call] = std::move(work);
  }

  // `after` outlives the server.
  static std::vector<std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface>>
  Interceptors(AfterReply& after) {
    std::vector<std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface>> all;
    all.push_back(std::make_unique<Factory>(after));
    return all;
  }

 private:
  std::function<void()> Take(const grpc::ServerContextBase* call) {
    const std::scoped_lock lock(mutex_);
    auto found = works_.extract(call);
    return found.empty() ? nullptr : std::move(found.mapped());
  }

  // One a call; lives as long as it.
  class Interceptor final : public grpc::experimental::Interceptor {
   public:
    Interceptor(AfterReply& after, grpc::ServerContextBase* call) : after_(after), call_(call) {}
    ~Interceptor() override { after_.Take(call_); }
    void Intercept(grpc::experimental::InterceptorBatchMethods* methods) override {
      using Point = grpc::experimental::InterceptionHookPoints;
      if (methods->QueryInterceptionHookPoint(Point::POST_SEND_MESSAGE)) {
        const auto work = after_.Take(call_);
        if (work && methods->GetSendMessageStatus()) work();
      }
      methods->Proceed();
    }

   private:
    AfterReply& after_;
    grpc::ServerContextBase* call_;
  };

  class Factory final : public grpc::experimental::ServerInterceptorFactoryInterface {
   public:
    explicit Factory(AfterReply& after) : after_(after) {}
    grpc::experimental::Interceptor* CreateServerInterceptor(
        grpc::experimental::ServerRpcInfo* info) override {
      return new Interceptor(after_, info->server_context());  // gRPC owns it
    }

   private:
    AfterReply& after_;
  };

  std::mutex mutex_;
  std::map<const grpc::ServerContextBase*, std::function<void()>> works_;
};

}  // namespace scv::provider

#endif  // SCV_PROVIDER_AFTER_REPLY_H_
