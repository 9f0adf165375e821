#include "world/sim/database_sim_log.h"

#include <algorithm>

namespace scv::world::sim {

int DatabaseLog::ServerOf(std::uint64_t sequence) const {
  if (sequence == 0 || sequence > end_) return 0;
  for (auto run = runs_.rbegin(); run != runs_.rend(); ++run) {
    if (run->first <= sequence) return run->server;
  }
  return 0;
}

std::string DatabaseLog::Position() const {
  if (end_ == 0) return "";
  std::string text = "0-";
  text += std::to_string(ServerOf(end_));
  text += '-';
  text += std::to_string(end_);
  return text;
}

void DatabaseLog::Write(std::uint32_t stretch, int server, std::uint64_t transactions) {
  if (transactions == 0) return;
  if (runs_.empty() || runs_.back().stretch != stretch) {
    runs_.push_back({stretch, server, end_ + 1});
  }
  end_ += transactions;
}

void DatabaseLog::Truncate(std::uint64_t end) {
  end_ = std::min(end_, end);
  while (!runs_.empty() && runs_.back().first > end_) runs_.pop_back();
}

void DatabaseLog::Follow(const DatabaseLog& other, std::uint64_t end) {
  if (end <= end_) return;
  if (runs_.size() != other.runs_.size() || runs_.empty() || runs_.back() != other.runs_.back()) {
    runs_ = other.runs_;
    end_ = other.end_;
    return Truncate(end);
  }
  end_ = end;
}

std::uint64_t DatabaseLog::LastOf(std::uint32_t stretch) const {
  for (std::size_t i = 0; i < runs_.size(); ++i) {
    if (runs_[i].stretch != stretch) continue;
    return i + 1 < runs_.size() ? runs_[i + 1].first - 1 : end_;
  }
  return 0;
}

bool DatabaseLog::IsPrefixOf(const DatabaseLog& other) const {
  if (end_ > other.end_ || runs_.size() > other.runs_.size()) return false;
  if (!std::equal(runs_.begin(), runs_.end(), other.runs_.begin())) return false;
  return runs_.size() == other.runs_.size() || end_ < other.runs_[runs_.size()].first;
}

}  // namespace scv::world::sim
