#include "world/linux/memory_fd_store.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <utility>

namespace scv::world {
namespace {

ino_t InodeOf(int fd) {
  struct stat status {};
  EXPECT_EQ(::fstat(fd, &status), 0);
  return status.st_ino;
}

struct Pipe {
  Pipe() {
    std::array<int, 2> ends{};
    EXPECT_EQ(::pipe(ends.data()), 0);
    read = UniqueFd(ends[0]);
    write = UniqueFd(ends[1]);
  }
  UniqueFd read, write;
};

TEST(MemoryFdStore, GivesDuplicatesThatOutliveTheirSource) {
  MemoryFdStore store;
  ino_t inode = 0;
  {
    Pipe pipe;
    inode = InodeOf(pipe.read.get());
    ASSERT_TRUE(store.Put("netns/a", pipe.read.get()).has_value());
  }
  auto found = store.Get("netns/a");
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(InodeOf(found->get()), inode);
}

TEST(MemoryFdStore, ReplacesRemovesAndNames) {
  MemoryFdStore store;
  Pipe one, two;
  ASSERT_TRUE(store.Put("b", one.read.get()).has_value());
  ASSERT_TRUE(store.Put("a", one.read.get()).has_value());
  ASSERT_TRUE(store.Put("b", two.read.get()).has_value());
  EXPECT_EQ(InodeOf(store.Get("b")->get()), InodeOf(two.read.get()));
  EXPECT_EQ(*store.Names(), (std::vector<std::string>{"a", "b"}));
  ASSERT_TRUE(store.Remove("a").has_value());
  ASSERT_TRUE(store.Remove("a").has_value());
  EXPECT_EQ(store.Get("a").error().kind, ErrorKind::kNotFound);
}

TEST(MemoryFdStore, RefusesNamesThatAreNone) {
  MemoryFdStore store;
  Pipe pipe;
  for (const std::string& name : {std::string(), std::string("a b"), std::string(201, 'a')}) {
    EXPECT_EQ(store.Put(name, pipe.read.get()).error().kind, ErrorKind::kInvalid);
  }
}

TEST(UniqueFd, MovesAndClosesOnce) {
  Pipe pipe;
  const int number = pipe.read.get();
  UniqueFd moved = std::move(pipe.read);
  EXPECT_FALSE(static_cast<bool>(pipe.read));
  EXPECT_EQ(moved.get(), number);
  moved = UniqueFd();
  struct stat status {};
  EXPECT_NE(::fstat(number, &status), 0);
}

}  // namespace
}  // namespace scv::world
