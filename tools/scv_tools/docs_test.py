import tempfile
import unittest
from pathlib import Path

from scv_tools import docs

TEXT = """# A title

See [this](other.md#part-two-of-it) and [that](#a-title), `[not](a-link)`.

```sh test
echo [not](a-link)
```
```sh
./scv dve --port 1
```
"""


class LinkTest(unittest.TestCase):
    def problems(self, text: str) -> list[str]:
        with tempfile.TemporaryDirectory() as directory:
            root = Path(directory)
            (root / "a.md").write_text(text)
            (root / "other.md").write_text("# Other\n## Part two, of `it`\n## 부품\n## 부품\n")
            return docs.link_problems(Path("a.md"), text, root)

    def test_good_links(self):
        self.assertEqual(self.problems(TEXT), [])
        self.assertEqual(self.problems("[a](other.md#부품-1) [b](https://x.example/y)"), [])

    def test_bad_links(self):
        self.assertIn("does not exist", self.problems("[a](gone.md)")[0])
        self.assertIn("does not exist", self.problems('<img src="gone.svg">')[0])
        self.assertIn("no such heading", self.problems("[a](other.md#part-three)")[0])


class BlockTest(unittest.TestCase):
    def test_only_marked_blocks_are_procedures(self):
        found = docs.blocks(TEXT)
        self.assertEqual([(b.line, b.is_procedure) for b in found], [(5, True), (8, False)])
        self.assertEqual(found[0].text, "echo [not](a-link)\n")

    def test_commands_are_found_with_their_options(self):
        self.assertEqual(docs.scv_commands(TEXT), [(9, "dve", ("--port",))])


class OptionTest(unittest.TestCase):
    HELP = "  --listen TEXT [x] (Env:MEMO_LISTEN)\n  Address\n  --help\n"

    def test_agreement(self):
        table = ("| Flag | Environment | |\n|---|---|---|\n"
                 "| `--listen` | `MEMO_LISTEN` | a `--b` |\n")
        documented = docs.table_options(table)
        self.assertEqual(docs.option_problems(documented, docs.help_options(self.HELP)), [])

    def test_both_directions(self):
        problems = docs.option_problems({"--gone"}, docs.help_options(self.HELP))
        self.assertEqual(problems, ["--listen is not documented", "MEMO_LISTEN is not documented",
                                    "--gone is documented but does not exist"])


if __name__ == "__main__":
    unittest.main()
