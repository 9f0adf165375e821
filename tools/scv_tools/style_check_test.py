import unittest
from pathlib import Path

from scv_tools import style_check
from scv_tools.style_rules import Problem

LONG = Problem(Path("a.cc"), 401, "too long")


class ExceptionsTest(unittest.TestCase):
    def test_an_exception_takes_its_problem_away(self):
        exceptions = style_check.read_exceptions("# why\nfile-length a.cc one long table\n")
        left = style_check.apply_exceptions({"file-length": [LONG], "format": [LONG]}, exceptions)
        self.assertEqual(left, {"file-length": [], "format": [LONG]})

    def test_an_exception_without_a_reason_is_refused(self):
        with self.assertRaises(ValueError):
            style_check.read_exceptions("file-length a.cc\n")

    def test_an_exception_that_nothing_needs_is_a_problem(self):
        exceptions = style_check.read_exceptions("file-length b.cc one long table\n")
        left = style_check.apply_exceptions({"file-length": []}, exceptions)
        self.assertIn("needed no more", left["file-length"][0].message)


class ClangFormatTest(unittest.TestCase):
    def test_names_the_file_that_needs_it(self):
        path = Path("build/unformatted_test.cc")
        whole = style_check.tree.ROOT / path
        whole.parent.mkdir(exist_ok=True)
        whole.write_text("int   a ;\n")
        try:
            [problem] = style_check.clang_format({path: ""})
        finally:
            whole.unlink()
        self.assertEqual((problem.path, problem.line), (path, 1))


class ShellcheckTest(unittest.TestCase):
    def test_names_the_script_and_the_line(self):
        path = Path("build/unquoted_test.sh")
        whole = style_check.tree.ROOT / path
        whole.parent.mkdir(exist_ok=True)
        whole.write_text("#!/bin/sh\nrm $1/x\n")
        try:
            [problem] = style_check.shellcheck({path: whole.read_text()})
        finally:
            whole.unlink()
        self.assertEqual((problem.path, problem.line), (path, 2))


if __name__ == "__main__":
    unittest.main()
