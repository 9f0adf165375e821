#include "world/linux/octet_frames.h"

#include <gtest/gtest.h>

#include <vector>

namespace scv::world {
namespace {

std::vector<std::string> All(OctetFrames& frames) {
  std::vector<std::string> found;
  while (const auto frame = frames.Next()) found.emplace_back(*frame);
  return found;
}

TEST(OctetFrames, AreFoundHoweverTheyArrive) {
  const std::string text = "5 hello0 12 twelve bytes3 a\nb";
  const std::vector<std::string> expected{"hello", "", "twelve bytes", "a\nb"};
  for (std::size_t piece = 1; piece <= text.size(); ++piece) {
    OctetFrames frames;
    std::vector<std::string> found;
    for (std::size_t at = 0; at < text.size(); at += piece) {
      frames.Add(std::string_view(text).substr(at, piece));
      for (auto& frame : All(frames)) found.push_back(std::move(frame));
    }
    EXPECT_EQ(found, expected) << piece;
    EXPECT_FALSE(frames.broken());
  }
}

TEST(OctetFrames, EndAtWhatIsNone) {
  for (const char* text : {"hello", "-1 x", " 5", "5x", "65537 ", "99999999999999999999"}) {
    OctetFrames frames;
    frames.Add("1 a");
    frames.Add(text);
    EXPECT_EQ(All(frames).size(), 1U) << text;
    EXPECT_TRUE(frames.broken()) << text;
    frames.Add("1 a");
    EXPECT_FALSE(frames.Next().has_value());
  }
}

}  // namespace
}  // namespace scv::world
