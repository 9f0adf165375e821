// A database's log of transactions, as long runs of one writer each. A run is one stretch of time
// in which one server was writable, so that two transactions with the same GTID are told apart
// even where the servers could not.
#ifndef SCV_WORLD_SIM_DATABASE_SIM_LOG_H_
#define SCV_WORLD_SIM_DATABASE_SIM_LOG_H_

#include <cstdint>
#include <string>
#include <vector>

namespace scv::world::sim {

class DatabaseLog {
 public:
  struct Run {
    std::uint32_t stretch = 0;  // numbered over the whole simulation
    int server = 0;
    std::uint64_t first = 1;
    bool operator==(const Run&) const = default;
  };

  std::uint64_t end() const { return end_; }
  // The server that wrote the transaction; 0: there is none.
  int ServerOf(std::uint64_t sequence) const;
  // "0-1-42"; "" while it is empty.
  std::string Position() const;

  void Write(std::uint32_t stretch, int server, std::uint64_t transactions);
  void Truncate(std::uint64_t end);
  // Takes over the other's transactions up to `end`; this must be a part of the other's beginning.
  void Follow(const DatabaseLog& other, std::uint64_t end);
  // The last transaction of the stretch that it has; 0: none.
  std::uint64_t LastOf(std::uint32_t stretch) const;
  bool IsPrefixOf(const DatabaseLog& other) const;
  const std::vector<Run>& runs() const { return runs_; }

 private:
  std::vector<Run> runs_;
  std::uint64_t end_ = 0;
};

}  // namespace scv::world::sim

#endif  // SCV_WORLD_SIM_DATABASE_SIM_LOG_H_
