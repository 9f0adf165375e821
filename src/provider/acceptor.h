// Accepts connections on one thread and gives their descriptors away.
#ifndef SCV_PROVIDER_ACCEPTOR_H_
#define SCV_PROVIDER_ACCEPTOR_H_

#include <sys/types.h>

#include <functional>
#include <map>
#include <thread>

namespace scv::provider {

class Acceptor {
 public:
  // Owns `listener`. `take` gets each connection, non-blocking and close-on-exec, and owns it.
  // Beyond `connections_max` that are still open, connections are closed at once.
  Acceptor(int listener, int connections_max, std::function<void(int)> take);
  ~Acceptor();  // stops and closes the listener
  Acceptor(const Acceptor&) = delete;
  Acceptor& operator=(const Acceptor&) = delete;

 private:
  void Run();
  void AcceptOne();
  void ForgetClosed();

  int listener_;
  int wake_;  // an eventfd
  int connections_max_;
  std::function<void(int)> take_;
  // Descriptor → the socket's inode: a descriptor that is another socket by now was closed.
  std::map<int, ino_t> open_;
  std::thread thread_;
};

}  // namespace scv::provider

#endif  // SCV_PROVIDER_ACCEPTOR_H_
