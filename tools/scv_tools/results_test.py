import tempfile
import unittest
from pathlib import Path

from scv_tools import results
from scv_tools.results import Case, SuiteResult

CTEST = """<?xml version="1.0"?><testsuite name="x" tests="4">
<testcase name="A.Passes" classname="A.Passes" time="0.1" status="run"/>
<testcase name="A.Fails" classname="A.Fails" time="0.2" status="fail">
  <failure message=""/><system-out>expected 1, got 2</system-out></testcase>
<testcase name="A.Skips" classname="A.Skips" time="0" status="notrun">
  <skipped message="SKIP_REGULAR_EXPRESSION_MATCHED"/>
  <system-out>[ RUN ] A.Skips
a_test.cc:7: Skipped
there is no moto here
</system-out></testcase>
<testcase name="A.Lost" classname="A.Lost" time="0" status="disabled"/>
</testsuite>"""


class JunitTest(unittest.TestCase):
    def read(self, text: str) -> list[Case]:
        with tempfile.TemporaryDirectory() as directory:
            path = Path(directory) / "x.xml"
            path.write_text(text)
            return results.read_junit(path)

    def test_reads_what_ctest_writes(self):
        self.assertEqual(self.read(CTEST), [
            Case("A.Passes", "passed", 0.1),
            Case("A.Fails", "failed", 0.2, "expected 1, got 2"),
            Case("A.Skips", "skipped", 0, "there is no moto here"),
            Case("A.Lost", "failed", 0, "status disabled"),
        ])

    def test_a_skipped_group_says_why_in_its_title(self):
        self.assertEqual(
            self.read('<testsuite><testcase classname="e2e/a.ts" time="0" '
                      'name="the lab (skipped: no packages (yet)) &gt; opens"><skipped/>'
                      '</testcase></testsuite>'),
            [Case("e2e/a.ts > the lab (skipped: no packages (yet)) > opens", "skipped", 0,
                  "no packages (yet)")])

    def test_a_whole_program_is_counted_by_its_tests(self):
        said = """[ RUN      ] A.One
[       OK ] A.One (1500 ms)
[ RUN      ] A/B.Two/0
b_test.cc:2: Failure
wrong
[  FAILED  ] A/B.Two/0, where GetParam() = 3 (2 ms)
[ RUN      ] A.Three
a_test.cc:3: Skipped
no server here

[  SKIPPED ] A.Three (0 ms)
[  FAILED  ] A/B.Two/0, where GetParam() = 3
[ RUN      ] A.Four
"""
        cases = self.read('<testsuite><testcase name="shard" status="notrun"><skipped/>'
                          f"<system-out>{said}</system-out></testcase></testsuite>")
        self.assertEqual(cases, [
            Case("A.One", "passed", 1.5),
            Case("A/B.Two/0", "failed", 0.002, "b_test.cc:2: Failure\nwrong"),
            Case("A.Three", "skipped", 0, "no server here"),
            Case("A.Four", "failed", 0, "it did not come to its end"),
        ])

    def test_a_program_that_fails_without_a_failed_test_has_failed(self):
        said = "[ RUN      ] A.B\n[       OK ] A.B (1 ms)\n[ RUN      ] A.C\n" \
               "[       OK ] A.C (1 ms)\nSUMMARY: a leak\n"
        cases = self.read('<testsuite><testcase name="shard" status="fail"><failure/>'
                          f"<system-out>{said}</system-out></testcase></testsuite>")
        self.assertEqual([case.status for case in cases], ["passed", "passed", "failed"])
        self.assertIn("a leak", cases[2].message)

    def test_a_program_that_died_in_a_test_says_with_what_words(self):
        said = "[ RUN      ] A.A\n[       OK ] A.A (1 ms)\n" \
               "[ RUN      ] A.B\nWARNING: ThreadSanitizer: data race\n"
        cases = self.read('<testsuite><testcase name="shard" status="fail"><failure/>'
                          f"<system-out>{said}</system-out></testcase></testsuite>")
        self.assertEqual(cases[1:], [Case("A.B", "failed", 0, "it did not come to its end: "
                                          "WARNING: ThreadSanitizer: data race")])

    def test_a_long_failure_is_cut_to_its_essence(self):
        said = "noise\na_test.cc:3: Failure\n" + "x" * 9999 + "\nmore" * 99
        [case] = self.read('<testsuite><testcase name="a" status="fail"><failure/>'
                           f"<system-out>{said}</system-out></testcase></testsuite>")
        lines = case.message.splitlines()
        self.assertEqual(lines[0], "a_test.cc:3: Failure")
        self.assertEqual((len(lines), len(lines[1])), (40, 242))

    def test_reads_what_it_writes(self):
        cases = [Case("a", "passed", 1), Case("b", "failed", 2, "no\x01pe"),
                 Case("c", "skipped", 0, "why")]
        with tempfile.TemporaryDirectory() as directory:
            path = Path(directory) / "x.xml"
            results.write_junit(SuiteResult("s", cases, 3), path)
            self.assertEqual(results.read_junit(path), [
                Case("s > a", "passed", 1), Case("s > b", "failed", 2, "no?pe"),
                Case("s > c", "skipped", 0, "why")])


class TotalsTest(unittest.TestCase):
    def test_counts_over_all_suites(self):
        suites = [SuiteResult("a", [Case("1", "passed"), Case("2", "skipped")]),
                  SuiteResult("b", [Case("3", "passed"), Case("4", "failed")])]
        self.assertEqual(results.totals_line(suites), "2 passed, 1 failed, 1 skipped")


if __name__ == "__main__":
    unittest.main()
