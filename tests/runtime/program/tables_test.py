"""Documents and tables through the program, against Python's own json and csv: what weir makes of what
they write, and they of what weir writes. Usage: tables_test.py WEIR
"""

import json
import random
import sys
import unittest

from program import ProgramTest, weir

NAMES = ["a", "b", "c", "a.b", "b.0", "", "é", "n\n", "0", "a.b.c", "z_a"]
TEXTS = ["", "x", "é😀", "\"\\/", "\b\f\n\r\t\x00\x1f", "null", "1", "{\"a\":1}", " "]


class Pairs(list):
    """An object as it is written: its members in order, of which several may have one name."""


def draw(random, depth):
    """A value of JSON with objects as Pairs."""
    kind = random.randrange(9 if depth > 0 else 6)
    if kind == 0:
        return random.choice([None, True, False])
    if kind == 1:
        return random.randrange(-10**random.randrange(1, 22), 10**random.randrange(1, 22))
    if kind == 2:
        return random.choice([0.5, -1.25e-7, 1e300, 2.5, 1e22])
    if kind < 6:
        return random.choice(TEXTS)
    if kind == 6:
        return [draw(random, depth - 1) for _ in range(random.randrange(4))]
    return draw_object(random, depth - 1)


def draw_object(random, depth):
    return Pairs((random.choice(NAMES), draw(random, depth)) for _ in range(random.randrange(5)))


def write(random, value):
    """Its JSON, with blanks and escapes as chance has it."""
    blank = lambda: random.choice(["", "", "", " ", "\t", "  "])
    if isinstance(value, Pairs):
        members = (f"{blank()}{write(random, name)}{blank()}:{blank()}{write(random, member)}"
                   for name, member in value)
        return "{" + ",".join(members) + blank() + "}"
    if isinstance(value, list):
        return "[" + ",".join(blank() + write(random, item) + blank() for item in value) + "]"
    return json.dumps(value, ensure_ascii=random.random() < 0.5)


def plain(value):
    """The value with objects as dicts: the last of a name wins, in the place of the first."""
    if isinstance(value, Pairs):
        return {name: plain(member) for name, member in value}
    return [plain(item) for item in value] if isinstance(value, list) else value


def flat(value, name, out):
    if isinstance(value, list) and value:
        pairs = value if isinstance(value, Pairs) else [(str(i), v) for i, v in enumerate(value)]
        for member, inner in pairs:
            flat(inner, f"{name}.{member}" if name is not None else member, out)
    else:
        out[name] = plain(value)
    return out


class JsonTest(ProgramTest):
    def run_lines(self, pipeline, lines, *arguments):
        done = weir("run", "--quiet", *arguments, "-e", pipeline, stdin="\n".join(lines) + "\n")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        out = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual(len(out), len(lines))
        return out

    def check(self, pipeline, expected, seed):
        chance = random.Random(seed)
        objects = [draw_object(chance, 4) for _ in range(2000)]
        lines = [write(chance, value) for value in objects]
        for threads in ("1", "8"):
            out = self.run_lines(pipeline, lines, f"--threads={threads}")
            for value, line, got in zip(objects, lines, out):
                wanted = expected(value)
                self.assertEqual(got, wanted, line)
                self.assertEqual(list(got), list(wanted), line)

    def test_members_become_fields(self):
        self.check("json.parse | json.format", plain, 1)

    def test_a_prefix_stands_before_each(self):
        self.check("json.parse prefix=p_ | json.format",
                   lambda value: {"p_" + name: inner for name, inner in plain(value).items()}, 2)

    def test_fields_that_are_there_stay(self):
        def expected(value):
            fields = {"z_" + name: inner for name, inner in plain(value).items()}
            fields.update(plain(value))
            return fields
        self.check("json.parse prefix=z_ | json.parse | json.format", expected, 3)

    def test_one_field_gets_all(self):
        self.check("json.parse into=all | json.format", lambda value: {"all": plain(value)}, 4)

    def test_members_of_members_become_fields(self):
        self.check("json.parse flatten=true | json.format",
                   lambda value: flat(value, None, {}) if value else {}, 5)
        self.check("json.parse flatten=true prefix=p_ | json.format",
                   lambda value: {"p_" + name: inner
                                  for name, inner in (flat(value, None, {}) if value else {}).items()},
                   6)

    def test_a_field_is_parsed_where_it_stands_and_written_again(self):
        chance = random.Random(7)
        values = [draw(chance, 4) for _ in range(2000)]
        lines = [json.dumps({"a": write(chance, value), "b": 1}) for value in values]
        out = self.run_lines("json.parse | json.parse field=a | json.format", lines)
        for value, got in zip(values, out):
            self.assertEqual(got, {"a": plain(value), "b": 1})

    def test_what_is_no_json_is_an_error_for_both(self):
        chance = random.Random(8)
        lines = []
        for _ in range(3000):
            text = write(chance, draw_object(chance, 3))
            at = chance.randrange(len(text))
            text = text[:at] + chance.choice(["", "}", "\"", ",", "\\", "0", "\\ud800"]) + text[at + 1:]
            if text.strip(" \t\r") and "\n" not in text:
                lines.append(text)
        done = weir("run", "--quiet", "-e",
                    "json.parse flatten=true on_error=skip | set ok=true | json.format ok",
                    stdin="\n".join(lines) + "\n")
        good = sum(1 for line in lines if self.is_object(line))
        self.assertEqual(len(done.stdout.splitlines()), good, done.stderr)
        self.assertGreater(good, 100)
        self.assertLess(good, len(lines) - 100)

    @staticmethod
    def is_object(line):
        def refuse(constant):
            raise ValueError(constant)
        try:
            value = json.loads(line, parse_constant=refuse, object_pairs_hook=Pairs)
            json.dumps(value, ensure_ascii=False).encode()  # refuses half of a surrogate pair
        except (ValueError, UnicodeEncodeError):
            return False
        return isinstance(value, Pairs)


class BlankTest(ProgramTest):
    def test_blank_records_end_with_a_reason_of_their_own(self):
        for parse, lines in (("json.parse", '{"a":1}\n\n \n{"a":2}\n'),
                             ("csv.parse columns=a,b", "1,2\n\n\n3,4\n")):
            for workers in ("", " workers=2"):
                done = weir("run", "-e", f"{parse}{workers} | json.format a", stdin=lines)
                self.assertEqual(len(done.stdout.splitlines()), 2, done.stderr)
                self.assertRegex(done.stderr, r"filtered +2 +blank")

    def test_a_check_says_that_fields_above_stay(self):
        file = self.file("p.yaml", """stages:
  - uses: generate
    with: { count: 1, format: ndjson }
  - uses: json.parse
  - uses: text.format
    with:
      template: '{{"a": 1}}'
  - name: inner
    uses: json.parse
  - uses: json.format
  - uses: file.write
    with: { path: "-" }
""")
        done = weir("check", file)
        self.assertEqual(done.returncode, 0)
        self.assertIn("p.yaml:9:11: note: 'inner' keeps the fields above it; 'select' drops them\n",
                      done.stderr)
        self.assertEqual(done.stderr.count("note"), 1)
        self.assertNotIn("note", weir("run", file).stderr)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]])
