import unittest
from pathlib import Path

from scv_tools import style_rules

HEADER = """// What this is for, in which units, and who owns what.
#ifndef SCV_MEMO_THING_H_
#define SCV_MEMO_THING_H_

#endif  // SCV_MEMO_THING_H_
"""


def run(rule, path: str, text: str) -> list[str]:
    return [problem.message for problem in rule({Path(path): text})]


class LengthTest(unittest.TestCase):
    def test_lines(self):
        fits = "int " + "x" * 95 + ";"
        self.assertEqual(run(style_rules.line_length, "a.cc", fits), [])
        self.assertEqual(len(run(style_rules.line_length, "a.cc", "int y, " + "x " * 60)), 1)
        self.assertEqual(run(style_rules.line_length, "a.cc", "// " + "u" * 150), [])
        self.assertEqual(run(style_rules.line_length, "a.md", "words " * 60), [])

    def test_files(self):
        self.assertEqual(run(style_rules.file_length, "a.cc", "\n" * 400), [])
        self.assertEqual(len(run(style_rules.file_length, "a.ts", "\n" * 401)), 1)

    def test_functions(self):
        def body(lines: int) -> str:
            return "void F() {\n" + "  G();\n" * (lines - 2) + "}\n"

        self.assertEqual(run(style_rules.function_length, "a.cc", body(70)), [])
        self.assertIn("F has 71 lines", run(style_rules.function_length, "a.cc", body(71))[0])
        script = "def f():\n" + "    g()\n" * 70
        self.assertIn("f has 71 lines", run(style_rules.function_length, "a.py", script)[0])


class HeaderTest(unittest.TestCase):
    def test_good(self):
        self.assertEqual(run(style_rules.headers, "src/memo/thing.h", HEADER), [])

    def test_guard_of_another_path(self):
        [problem] = run(style_rules.headers, "src/memo/other.h", HEADER)
        self.assertIn("SCV_MEMO_OTHER_H_", problem)

    def test_without_a_contract(self):
        text = HEADER.split("\n", 1)[1]
        self.assertIn("its contract", run(style_rules.headers, "src/memo/thing.h", "\n" + text)[0])


class NameTest(unittest.TestCase):
    def test_files(self):
        self.assertEqual(run(style_rules.file_names, "src/a_b.cc", ""), [])
        self.assertEqual(run(style_rules.file_names, "web/src/memo-list.ts", ""), [])
        self.assertEqual(len(run(style_rules.file_names, "src/aB.cc", "")), 1)
        self.assertEqual(len(run(style_rules.file_names, "src/string_utils.cc", "")), 1)

    def test_each_ban_is_shown_to_work(self):
        bad = {
            "a.cc": ["// TO" + "DO: later", "strcpy(a, b);", "int a = atoi(s);", "std::rand();",
                     "system(\"ls\");", "using namespace std;", "out << std::endl;",
                     "std::regex r;", "p = NULL;", "#pragma once",
                     "std::this_thread::sleep_for(1s);", "TEST(A, DISABLED_B) {}",
                     "GTEST_SKIP();"],
            "a.ts": ["it.only('x', f);", "const a = b as any;", "// @ts-ignore", "eval(a);"],
        }
        for path, lines in bad.items():
            for line in lines:
                self.assertEqual(len(run(style_rules.banned_names, path, line)), 1, line)

    def test_names_in_comments_strings_and_members_are_free(self):
        for line in ["// strcpy is banned", 'Log("rand()");', "clock.sleep(1);", "a->system(2);",
                     'GTEST_SKIP() << "no server here";', "int xstrcpy(int);",
                     "using namespace std::chrono_literals;"]:
            self.assertEqual(run(style_rules.banned_names, "a.cc", line), [], line)


class WhitespaceTest(unittest.TestCase):
    def test_blanks_tabs_and_ends(self):
        self.assertEqual(run(style_rules.whitespace, "a.cc", "int a;\n"), [])
        self.assertEqual(run(style_rules.whitespace, "a.go", "\tint a\n"), [])
        for bad in ["int a; \n", "\tint a;\n", "int a;", "int a;\n\n"]:
            self.assertEqual(len(run(style_rules.whitespace, "a.cc", bad)), 1, repr(bad))


if __name__ == "__main__":
    unittest.main()
