import unittest

from scv_tools import cpp_text

SOURCE = """
#include "x.h"

namespace scv {
namespace {

template <class... Ts>
struct Overloaded : Ts... {
  using Ts::operator()...;
};

constexpr std::array<int, 2> kTable = {1,
                                       2};
constexpr Row kRows[] = {{1, "}"}, {2, R"(un{balanced)"}};

bool IsDash(int c) { return c == '{'; }

}  // namespace

class Thing final : public Base {
 public:
  explicit Thing(int a) : a_{a}, b_(a) {}
  int Get() const override {
    return a_;
  }
  bool operator==(const Thing& other) const { return a_ == other.a_; }

 private:
  int a_{0};
};

enum class Kind { kA, kB };

template <typename T>
Result<T> Long(const T& value,
               int other) noexcept
{
  auto f = [&](int x) {
    return x;
  };
  if (other) {
    return f(other);
  }
  return value;
}

Thing::Thing(const Options& options)
    : options_(options), lock_{}, name_(options.name) {
  Start();
}

auto Trailing(int x) -> std::vector<int> {
  return {x};
}

}  // namespace scv
"""


class FunctionsTest(unittest.TestCase):
    def test_finds_every_function_and_nothing_else(self):
        found = [(f.name, f.lines) for f in cpp_text.functions(SOURCE)]
        self.assertEqual(
            found,
            [
                ("IsDash", 1),
                ("Thing", 1),
                ("Get", 3),
                ("operator==", 1),
                ("Long", 12),
                ("Thing::Thing", 4),
                ("Trailing", 3),
            ],
        )

    def test_a_test_case_is_a_function(self):
        [found] = cpp_text.functions("TEST(Time, Formats) {\n  int a = 0;\n}\n")
        self.assertEqual((found.name, found.line, found.lines), ("TEST", 1, 3))

    def test_unbalanced_braces_in_comments_strings_and_characters_do_not_matter(self):
        text = 'int F() {\n  // }\n  g("}");\n  h(\'}\');\n  return 1\'000; /* } */\n}\n'
        [found] = cpp_text.functions(text)
        self.assertEqual(found.lines, 6)


class BlankTest(unittest.TestCase):
    def test_keeps_lines_and_code(self):
        blanked = cpp_text.blank('a("sleep(1)"); // sleep(2)\n/* sleep\n(3) */ b();\n')
        self.assertNotIn("sleep", blanked)
        self.assertEqual(blanked.count("\n"), 3)
        self.assertIn("b();", blanked)


if __name__ == "__main__":
    unittest.main()
