"""Records of several lines: what `file.read` says of wrong framings, and what it reads.

Usage: framing_test.py WEIR
"""

import gzip
import json
import random
import re
import sys
import unittest

from program import ProgramTest, weir

RULES = {
    "begin": ("^2026-", lambda line: line.startswith("2026-")),
    "continue": (r"^\s", lambda line: not re.match(r"\s", line)),
    "end": (";$", lambda line: line.endswith(";")),
}


def records(key, text):
    """What the lines of a text become, said in another way."""
    found = []
    fresh = True
    for line in text.splitlines(keepends=True):
        marks = RULES[key][1](line.rstrip("\n"))
        if fresh or (marks and key != "end"):
            found.append("")
        found[-1] += line
        fresh = marks and key == "end"
    return [record.removesuffix("\n") for record in found]


class FramingTest(ProgramTest):
    def pipeline(self, framing, path="x.log", more=""):
        return self.file("p.yaml", f"""stages:
  - uses: file.read
    with:
      path: {path}
      framing: {framing}
{more}  - uses: file.write
    with: {{ path: "-", delimiter: "\\0" }}
""")

    def test_what_is_wrong_with_a_framing_is_said_where_it_is(self):
        for framing, place, message in (
                ("{ begin: a, end: b }", "5:16",
                 "expected one of begin | continue | end | delimiter | json_array, got begin and end"),
                ("{ bgin: a }", "5:18", "unknown key 'bgin'"),
                ("{ begin: '^(a' }", "5:26", "expected a regular expression: missing ): ^(a"),
                ("{ begin: [a-z] }", "5:25", "expected a pattern, got a list"),
                ('{ delimiter: "" }', "5:29", "expected 1 to 64 bytes, got empty text"),
                ("begin", "5:16", "expected one of auto | lines | csv | file | json | json_array, got 'begin'"),
                ("lines\n      delimiter: x", "6:7", "unknown option 'delimiter'"),
                ("lines\n      max_line: 1MiB", "6:7", "unknown option 'max_line'"),
                ("{ json_array: '' }", "5:30", "expected 1 to 1024 bytes, got empty text"),
                ("json\n      header: true", "6:15", "'framing: json' takes no 'header'"),
                ("file\n      header: true", "6:15", "'framing: file' takes no 'header'")):
            with self.subTest(framing=framing):
                done = weir("check", self.pipeline(framing))
                self.assertEqual(done.returncode, 2)
                self.assertIn(f":{place}: error: {message}", done.stderr)

    def test_old_names_are_told_what_to_write(self):
        said = weir("check", self.pipeline("lines\n      delimiter: x\n      max_line: 5")).stderr
        self.assertIn("write 'framing: { delimiter: ... }'", said)
        self.assertIn("it is 'max_record'", said)

    def test_a_pattern_that_matches_every_line_is_a_warning(self):
        for framing, warned in (("{ begin: '' }", "'begin' matches every line"),
                                ("{ end: 'x*' }", "'end' matches every line"),
                                ("{ continue: '^.*$' }", "'continue' matches every line"),
                                ("{ end: '^$' }", ""), ("{ begin: '^.' }", "")):
            with self.subTest(framing=framing):
                done = weir("check", self.pipeline(framing, self.file("x.log", "a\n")))
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertEqual("matches every line" in done.stderr, bool(warned), done.stderr)
                self.assertIn(warned, done.stderr)

    def test_all_threads_and_one_reader_find_the_same_records(self):
        chance = random.Random(5)
        lines = ["2026-01-12 an event", "  at somewhere", "\tat a place far away;", "", "select 1",
                 "x" * 300, "x;"]
        text = "".join(chance.choice(lines) + "\n" for _ in range(60_000))
        path = self.file("x.log", text)
        packed = self.file("x.log.gz")
        with gzip.open(packed, "wt") as out:
            out.write(text)
        for key, (pattern, _) in RULES.items():
            expected = "".join(f"{record}\0" for record in records(key, text))
            for source in (path, packed):
                file = self.pipeline(f"{{ {key}: '{pattern}' }}", source)
                for threads in (1, 2, 8):
                    with self.subTest(key=key, source=source, threads=threads):
                        done = weir("run", "-q", file, f"--threads={threads}")
                        self.assertEqual(done.returncode, 0, done.stderr)
                        self.assertTrue(done.stdout == expected)
            piped = weir("run", "-q", self.pipeline(f"{{ {key}: '{pattern}' }}", '"-"'), stdin=text)
            self.assertTrue(piped.stdout == expected)

    def test_values_and_elements_are_the_same_at_any_number_of_threads(self):
        chance = random.Random(7)
        rows = [{"n": n, "text": chance.choice(["a", "}", "[\\n]", "\u00e9 \"x\"", ""]) * chance.randint(0, 40),
                 "list": [[]] * chance.randint(0, 3)} for n in range(20_000)]
        values = "".join(json.dumps(row, indent=chance.choice([None, None, 1])) +
                         chance.choice(["", " ", "\n", "\n\n"]) for row in rows)
        document = json.dumps({"meta": {"rows": []}, "data": {"rows": rows}, "end": "]"}, indent=1)
        for framing, text in (("json", values), ("{ json_array: data.rows }", document)):
            path = self.file("x.json", text)
            packed = self.file("x.json.gz")
            with gzip.open(packed, "wt") as out:
                out.write(text)
            for source, stdin in ((path, ""), (packed, ""), ('"-"', text)):
                file = self.file("p.yaml", f"""stages:
  - uses: file.read
    with: {{ path: {source}, framing: {framing} }}
  - uses: json.parse
  - uses: json.format
  - uses: file.write
    with: {{ path: "-" }}
""")
                for threads in (1, 2, 8):
                    with self.subTest(framing=framing, source=source, threads=threads):
                        done = weir("run", "-q", file, f"--threads={threads}", stdin=stdin)
                        self.assertEqual(done.returncode, 0, done.stderr)
                        found = [json.loads(line) for line in done.stdout.split("\n")[:-1]]
                        self.assertTrue(found == rows)

    def test_broken_json_is_an_error_of_its_own_record(self):
        path = self.file("x.json", '{"a":1}\n{"a":2\n{"a":3}\n[4}\n{"a":5}{"a":6')
        file = self.pipeline("json", path, "    on_error: skip\n")
        done = weir("run", file)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stdout, '{"a":1}\0{"a":3}\0{"a":5}\0')
        for message in ("expected ',' or '}', got '{'", "expected ',' or ']', got '}'",
                        "expected '}', got the end"):
            self.assertIn(message, done.stderr)

    def test_a_record_that_outgrows_max_record_is_an_error_and_the_next_is_read(self):
        text = "2026-01-01\n" + "no date\n" * 400_000 + "2026-01-02\nlast\n"
        path = self.file("x.log", text)
        skip = "    on_error: skip\n"
        for source, stdin in ((path, ""), ('"-"', text)):
            with self.subTest(source=source):
                framing = "{ begin: '^2026-' }\n      max_record: 1MiB"
                done = weir("run", self.pipeline(framing, source, skip), stdin=stdin)
                self.assertEqual(done.stdout, "2026-01-02\nlast\0")
                self.assertIn("too_long", done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=1, argv=sys.argv[:1])
