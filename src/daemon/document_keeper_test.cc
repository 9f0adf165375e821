#include "daemon/document_keeper.h"

#include <gtest/gtest.h>
#include <unistd.h>

namespace scv::daemon {
namespace {

class DocumentKeeperTest : public testing::Test {
 protected:
  Result<void> Write(const Documents& documents, const DocumentKeeper::Names& forgotten) {
    if (full_) return Fail(ErrorKind::kUnavailable, "the disk is full");
    for (const auto& [name, text] : documents) disk_[name] = text;
    for (const auto& name : forgotten) disk_.erase(name);
    return {};
  }

  std::filesystem::path file_ =
      testing::TempDir() + "keeper-" + std::to_string(::getpid()) + ".log";
  EventLog events_{file_};
  DocumentKeeper keeper_{[this](const Documents& documents, const auto& forgotten) {
                           return Write(documents, forgotten);
                         },
                         events_};
  Documents disk_;
  bool full_ = false;

  void TearDown() override { std::filesystem::remove(file_); }
};

TEST_F(DocumentKeeperTest, WhatADiskCouldNotTakeIsWrittenLaterAsItIsThen) {
  keeper_.Keep({{{"fleet", "a"}, "1"}, {{"fleet", "b"}, "1"}}, {}, 0);
  full_ = true;
  keeper_.Keep({{{"fleet", "a"}, "2"}}, {{"fleet", "b"}}, 1);
  keeper_.Keep({{{"fleet", "a"}, "3"}, {{"instance", "i"}, "1"}}, {}, 2);
  EXPECT_TRUE(keeper_.waits());
  EXPECT_EQ(disk_, (Documents{{{"fleet", "a"}, "1"}, {{"fleet", "b"}, "1"}}));
  full_ = false;
  keeper_.Retry(3);
  EXPECT_FALSE(keeper_.waits());
  EXPECT_EQ(disk_, (Documents{{{"fleet", "a"}, "3"}, {{"instance", "i"}, "1"}}));
}

TEST_F(DocumentKeeperTest, AFailureAndItsEndAreToldOnce) {
  full_ = true;
  for (Millis now = 0; now < 5; ++now) keeper_.Keep({{{"fleet", "a"}, "1"}}, {}, now);
  EXPECT_EQ(events_.last(), 1U);
  full_ = false;
  keeper_.Retry(5);
  keeper_.Retry(6);
  EXPECT_EQ(events_.last(), 2U);
}

}  // namespace
}  // namespace scv::daemon
