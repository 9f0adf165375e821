import subprocess
import tempfile
import unittest
from pathlib import Path

from scv_tools import arrows

TABLE = """
[rooms.base]
path = "src/base"
may = []
libraries = ["PkgConfig::UTF8PROC"]
[rooms.domain]
path = "src/memo/domain"
may = ["base"]
libraries = []
pure = true
[rooms.store]
path = "src/memo/store"
may = ["base", "domain"]
libraries = ["SQLite::SQLite3"]
test_may = ["memo"]
[rooms.memo]
path = "src/memo"
may = ["base", "domain", "store"]
libraries = []
"""
ROOMS = arrows.read_rooms(TABLE)


def includes(path: str, text: str) -> list[str]:
    return arrows.include_problems({Path(path): text}, ROOMS)


class TableTest(unittest.TestCase):
    def test_the_table_of_the_tree_is_sound(self):
        text = (Path(__file__).parents[1] / "arrows.toml").read_text()
        self.assertEqual(arrows.table_problems(arrows.read_rooms(text)), [])

    def test_a_circle_is_found(self):
        rooms = arrows.read_rooms(TABLE.replace("may = []", 'may = ["memo"]'))
        self.assertIn("circle", arrows.table_problems(rooms)[0])

    def test_an_unknown_room_is_found(self):
        rooms = arrows.read_rooms(TABLE.replace('may = ["base"]', 'may = ["base", "cellar"]'))
        self.assertIn("'cellar' is no room", arrows.table_problems(rooms)[0])

    def test_an_unknown_key_is_refused(self):
        with self.assertRaises(ValueError):
            arrows.read_rooms(TABLE + "colour = 1\n")


class IncludeTest(unittest.TestCase):
    def test_allowed(self):
        self.assertEqual(includes("src/memo/store/a.cc", '#include "memo/domain/b.h"\n'), [])
        self.assertEqual(includes("src/memo/main.cc", '#include "memo/store/b.h"\n'), [])

    def test_against_the_arrow(self):
        [problem] = includes("src/memo/domain/a.h", '\n#include "memo/store/b.h"\n')
        self.assertIn("src/memo/domain/a.h:2: domain must not include store", problem)

    def test_an_include_in_a_comment_or_of_a_system_header_is_none(self):
        text = '// #include "memo/store/b.h"\n/* #include "memo/b.h" */\n#include <memo/b.h>\n'
        self.assertEqual(includes("src/memo/domain/a.cc", text), [])

    def test_tests_may_more(self):
        text = '#include "memo/main.h"\n'
        self.assertEqual(includes("src/memo/store/a_test.cc", text), [])
        self.assertNotEqual(includes("src/memo/store/a.cc", text), [])

    def test_relative_includes_and_homeless_files_are_found(self):
        self.assertIn("without '..'", includes("src/base/a.cc", '#include "../memo/a.h"\n')[0])
        self.assertIn("lives in no room", includes("src/attic/a.cc", "")[0])
        self.assertIn("third-party", includes("src/base/a.cc", '#include "boost/asio.hpp"\n')[0])


class LinkTest(unittest.TestCase):
    DOT = """digraph "x" {
    "node0" [ label = "scv_domain", shape = octagon ];
    "node1" [ label = "scv_store\\n(scv::store)", shape = octagon ];
    "node2" [ label = "CURL::libcurl", shape = octagon ];
    "node0" -> "node2" // scv_domain -> CURL::libcurl
    "node3" [ label = "domain_test", shape = egg ];
    "node3" -> "node1" // domain_test -> scv_store
    "node4" [ label = "scv_all", shape = pentagon ];
    "node0" -> "node4" // scv_domain -> scv_all
    "node4" -> "node1" // scv_all -> scv_store
    }"""

    def test_links_against_the_arrow_are_found(self):
        targets = {
            name: arrows.Target(name, kind, directory, None)
            for name, kind, directory in [
                ("scv_domain", "STATIC_LIBRARY", "src/memo/domain"),
                ("scv_store", "STATIC_LIBRARY", "src/memo/store"),
                ("domain_test", "EXECUTABLE", "src/memo/domain"),
            ]
        }
        problems = arrows.link_problems(targets, arrows.read_links(self.DOT), ROOMS)
        self.assertEqual(len(problems), 2)
        self.assertIn("must not link CURL::libcurl", problems[0])
        self.assertIn("must not link scv_store", problems[1])


class PurityTest(unittest.TestCase):
    def compile(self, directory: str, name: str, source: str) -> Path:
        base = Path(directory) / name
        base.with_suffix(".cc").write_text(source)
        subprocess.run(["g++", "-std=c++23", "-fPIC", "-c", base.with_suffix(".cc"), "-o",
                        base.with_suffix(".o")], check=True)
        subprocess.run(["ar", "rcs", base.with_suffix(".a"), base.with_suffix(".o")], check=True)
        return base.with_suffix(".a")

    def test_each_kind_of_impurity_is_found(self):
        sources = {
            "a clock": "#include <chrono>\n"
                       "long F() { return std::chrono::system_clock::now().time_since_epoch()"
                       ".count(); }",
            "randomness": "#include <random>\nunsigned F() { return std::random_device()(); }",
            "the environment": "#include <cstdlib>\nchar* F() { return getenv(\"A\"); }",
            "a file": "#include <fstream>\nbool F() { return std::ifstream(\"a\").good(); }",
            "standard output": "#include <iostream>\nvoid F() { std::cout << 1; }",
            "a socket": "#include <sys/socket.h>\nint F() { return socket(1, 1, 0); }",
            "a process or thread": "#include <thread>\nvoid F() { std::thread([] {}).join(); }",
        }
        with tempfile.TemporaryDirectory() as directory:
            for number, (what, source) in enumerate(sources.items()):
                library = self.compile(directory, f"impure{number}", source)
                found = arrows.impure_symbols(arrows.undefined_symbols(library))
                self.assertTrue(any(what in symbol for symbol in found), f"{what}: {found}")

    def test_pure_code_passes_and_links_alone(self):
        with tempfile.TemporaryDirectory() as directory:
            library = self.compile(directory, "pure", "#include <string>\n#include <map>\n"
                                   "std::string F(std::map<int, std::string>& m) "
                                   "{ return m[1] + std::to_string(time_t{2}); }")
            self.assertEqual(arrows.impure_symbols(arrows.undefined_symbols(library)), [])
            self.assertIsNone(arrows.link_alone(library, [], [], Path(directory) / "a.so"))

    def test_a_library_that_needs_another_room_does_not_link_alone(self):
        with tempfile.TemporaryDirectory() as directory:
            library = self.compile(directory, "needy", "int Elsewhere();\n"
                                   "int F() { return Elsewhere(); }")
            error = arrows.link_alone(library, [], [], Path(directory) / "a.so")
            self.assertIn("Elsewhere", error)


if __name__ == "__main__":
    unittest.main()
