"""Documents and tables through the program, against Python's own json and csv: what weir makes of what
they write, and they of what weir writes. Usage: tables_test.py WEIR
"""

import csv
import gzip
import io
import json
import pathlib
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

    def test_indented_objects_are_laid_out_as_python_does(self):
        chance = random.Random(9)
        values = [plain(draw_object(chance, 4)) for _ in range(300)]
        for indent in (0, 1, 4, 8):
            done = weir("run", "--quiet", "-e", f"json.parse | json.format indent={indent}",
                        stdin="".join(json.dumps(value, ensure_ascii=False) + "\n"
                                      for value in values))
            self.assertEqual(done.stdout, "".join(
                json.dumps(value, indent=indent, ensure_ascii=False) + "\n" for value in values))

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


CELLS = ["", "a", "x y", "é😀", "1", "-2.5", "null", "#", "\\", " ", "it's", "a;b", "tab\there",
         "5\"", "\"\"", "two\nlines", "cr\r\nlf", "'q'", "|", ",", "`"]


def stage(uses, options=None):
    return {"uses": uses, "with": options or {}}


def rows_of(random, width, count, cells):
    return [[random.choice(cells) for _ in range(width)] for _ in range(count)]


class CsvTest(ProgramTest):
    """Each table is written by Python's csv and read by weir, or the other way round."""

    def run_stages(self, data, *stages, threads=2, code=0):
        """What weir writes of these bytes, and says."""
        given, target = (pathlib.Path(self.folder.name, name) for name in ("in.csv", "out"))
        given.write_bytes(data)
        target.unlink(missing_ok=True)
        # JSON is YAML.
        file = self.file("p.yaml", json.dumps(
            {"stages": [{"uses": "file.read", "with": {"path": str(given)}}, *stages,
                        {"uses": "file.write", "with": {"path": str(target)}}]}))
        done = weir("run", "--quiet", f"--threads={threads}", file)
        self.assertEqual(done.returncode, code, done.stderr)
        return target.read_bytes() if target.exists() else b"", done.stderr

    def parsed(self, data, parse, **options):
        out, _ = self.run_stages(data, stage("csv.parse", parse), stage("json.format"), **options)
        return [json.loads(line) for line in out.decode().splitlines()]

    def written(self, rows, **dialect):
        text = io.StringIO(newline="")
        csv.writer(text, **{"lineterminator": "\n", **dialect}).writerows(rows)
        return text.getvalue().encode()

    def test_what_python_writes_is_read_as_it_was(self):
        chance = random.Random(11)
        for _ in range(40):
            quote = chance.choice(["\"", "'", "`", "|"])
            delimiter = chance.choice([",", ";", "\t", ":", "~", "|", "\x01"])
            if quote == delimiter:
                continue
            width = chance.randrange(1, 6)
            names = [f"c{i}" for i in range(width)]
            rows = rows_of(chance, width, chance.randrange(60), CELLS)
            data = self.written([names, *rows], delimiter=delimiter, quotechar=quote,
                                quoting=chance.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
                                lineterminator=chance.choice(["\n", "\r\n"]))
            if chance.random() < 0.3:  # the last line may have no end
                data = data.removesuffix(b"\n").removesuffix(b"\r")
            parse = {"delimiter": "tab" if delimiter == "\t" else delimiter, "quote": quote}
            for threads in (1, 8):
                self.assertEqual(self.parsed(data, parse, threads=threads),
                                 [dict(zip(names, row)) for row in rows], (data, parse))

    def test_what_weir_writes_is_read_as_it_was(self):
        chance = random.Random(12)
        for _ in range(40):
            quote, delimiter = chance.sample(["\"", "'", "`", ",", ";", "\t", "1", "-"], 2)
            width = chance.randrange(1, 6)
            names = [f"c{i}" for i in range(width)]
            cells = [*CELLS, None, True, 1, -1.5, 11]
            rows = rows_of(chance, width, chance.randrange(1, 60), cells)
            data = "".join(json.dumps(dict(zip(names, row))) + "\n" for row in rows).encode()
            form = {"columns": names, "delimiter": "tab" if delimiter == "\t" else delimiter,
                    "quote": quote, "quoting": chance.choice(["needed", "always"])}
            out, _ = self.run_stages(data, stage("json.parse"), stage("csv.format", form))
            read = list(csv.reader(io.StringIO(out.decode(), newline=""), delimiter=delimiter,
                                   quotechar=quote, strict=True))
            wanted = [["" if cell is None else "true" if cell is True else str(cell)
                       for cell in row] for row in rows]
            self.assertEqual(read, [names, *wanted], (out, form))
            if form["quoting"] == "always":
                again = self.written(read, delimiter=delimiter, quotechar=quote,
                                     quoting=csv.QUOTE_ALL)
                self.assertEqual(out, again)

    def test_quotes_in_bare_fields_are_data_where_that_is_asked_for(self):
        chance = random.Random(13)
        cells = ["5\"", "a\"b", "x\"\"", "say \"hi\", he", "plain", "", " \""]
        rows = rows_of(chance, 3, 500, cells)
        bare = lambda cell: "\"" + cell.replace("\"", "\"\"") + "\"" if "," in cell else cell
        data = "a,b,c\n" + "".join(",".join(map(bare, row)) + "\n" for row in rows)
        expected = list(csv.DictReader(io.StringIO(data)))
        self.assertEqual([list(row.values()) for row in expected], rows)
        self.assertEqual(self.parsed(data.encode(), {"lazy": True}), expected)
        _, said = self.run_stages(data.encode(), stage("csv.parse"), stage("json.format"), code=1)
        self.assertIn("a quote in a field without quotes", said)

    def test_rows_without_quotes_are_lines(self):
        chance = random.Random(14)
        cells = ["\"", "a\"b", "\"\"", "x", "", "'"]
        rows = rows_of(chance, 3, 30_000, cells)
        for end in ("\n", "\r\n", "\r"):
            for header in (True, False):
                data = "".join(";".join(row) + end for row in [["a", "b", "c"]] * header + rows)
                parse = {"delimiter": ";", "quote": "none", "on_blank": "error"}
                if not header:
                    parse["columns"] = ["a", "b", "c"]
                for threads in (1, 8):
                    self.assertEqual(self.parsed(data.encode(), parse, threads=threads),
                                     [dict(zip("abc", row)) for row in rows], (end, header))

    def test_comments_are_dropped_whatever_they_hold(self):
        chance = random.Random(15)
        rows = rows_of(chance, 2, 2000, ["x", "#", "two\nlines", "a\"", "1"])
        comments = ["#", "# it's \"so", "#,\"", "# a,b", "#\"\"\""]
        lines = ["# first, \"line", "# second"]
        lines.append("a,b")
        expected = []
        for row in rows:
            if chance.random() < 0.3:
                lines.append(chance.choice(comments))
            text = self.written([row]).decode()[:-1]
            if text.startswith("#") and "\n" in text:
                continue  # a comment ends with its line
            lines.append(text)
            if not text.startswith("#"):
                expected.append(dict(zip("ab", row)))
        for end in ("\n", "\r\n"):
            data = end.join(lines).encode() + end.encode()
            self.assertEqual(self.parsed(data, {"comment": "#"}), expected)

    def test_the_first_row_says_the_delimiter(self):
        chance = random.Random(16)
        for _ in range(40):
            delimiter = chance.choice([",", ";", "\t", "|"])
            width = chance.randrange(2, 6)
            header = chance.random() < 0.5
            names = [f"c{i}" for i in range(width)]
            # In the first row, the delimiter is the most frequent one outside quotes.
            first = ["\"" + ";,|\t" * 9 + "\""] + ["x"] * (width - 1)
            rest = [["a,b;c|d" if chance.random() < 0.2 and delimiter == "\t" else "y"] * width
                    for _ in range(20)]
            rows = [first, *rest]
            data = "".join(delimiter.join(row) + "\n" for row in [names] * header + rows)
            parse = {"delimiter": "auto"}
            if not header:
                parse["columns"] = names
            wanted = [dict(zip(names, [cell.strip("\"") for cell in row])) for row in rows]
            self.assertEqual(self.parsed(data.encode(), parse), wanted, data)

    def test_each_file_says_its_own_delimiter(self):
        for header in (True, False):
            for i, delimiter in enumerate(",;\t|"):
                rows = [f"a{delimiter}b"] * header + [f"{i}{delimiter}x", f"{i}{delimiter},y"]
                pathlib.Path(self.folder.name, f"{i}.csv").write_text("\n".join(rows) + "\n")
            parse = {"delimiter": "auto", "ragged": "cut"}
            if not header:
                parse["columns"] = ["a", "b"]
            file = self.file("p.yaml", json.dumps({"stages": [
                {"uses": "file.read", "with": {"path": str(pathlib.Path(self.folder.name, "*.csv"))}},
                {"uses": "csv.parse", "with": parse}, {"uses": "json.format"},
                {"uses": "file.write", "with": {"path": "-"}}]}))
            done = weir("run", "--quiet", file)
            self.assertEqual(done.stderr, "")
            self.assertEqual([json.loads(line) for line in done.stdout.splitlines()],
                             [{"a": str(i), "b": b} for i, delimiter in enumerate(",;\t|")
                              for b in ("x", "" if delimiter == "," else ",y")])

    def test_ragged_rows_are_made_to_fit(self):
        chance = random.Random(17)
        rows = [[str(chance.randrange(9)) for _ in range(chance.randrange(1, 6))] for _ in range(500)]
        data = self.written([["a", "b", "c"], *rows])
        names = ["a", "b", "c"]
        for ragged, good in {"fill": range(4), "cut": range(3, 9), "fit": range(9)}.items():
            out, _ = self.run_stages(
                data, {**stage("csv.parse", {"ragged": ragged}), "on_error": "skip"},
                stage("json.format"))
            wanted = [dict(zip(names, row + [None] * 3)) for row in rows if len(row) in good]
            self.assertEqual([json.loads(line) for line in out.decode().splitlines()], wanted)

    def test_columns_of_one_name_get_numbers(self):
        chance = random.Random(18)
        for _ in range(50):
            names = [chance.choice(["a", "b", "", "a_2", "column_3"]) for _ in range(8)]
            data = self.written([names, [str(i) for i in range(8)]])
            got = self.parsed(data, {"duplicates": "rename"})[0]
            self.assertEqual(list(got.values()), [str(i) for i in range(8)])
            for i, (name, made) in enumerate(zip(names, got)):
                first = names.index(name) == i
                base = name or f"column_{i + 1}"
                if first and (name or base not in names):
                    self.assertEqual(made, base, names)
                else:
                    self.assertTrue(made.startswith(base), (names, made))
            if len(set(names)) < 8:
                _, said = self.run_stages(data, stage("csv.parse"), stage("json.format"), code=1)
                self.assertIn("header: duplicate column", said)

    def test_a_byte_order_mark_begins_a_file(self):
        for name, unpack in (("out.csv", lambda data: data), ("out.csv.gz", gzip.decompress)):
            target = pathlib.Path(self.folder.name, name)
            for append, lines in ((False, 1), (True, 2)):
                done = weir("run", "--quiet", "-e",
                            f'json.parse | csv.format a header=false | file.write "{target}" bom=true '
                            f"append={str(append).lower()}", stdin='{"a":"é"}\n')
                self.assertEqual(done.stderr, "")
                self.assertEqual(unpack(target.read_bytes()).decode(), "\ufeff" + "é\n" * lines)


class BlankTest(ProgramTest):
    def test_former_options_say_what_to_write(self):
        file = self.file("p.yaml", """stages:
  - uses: file.read
    with: { path: "-" }
  - uses: json.parse
  - uses: unnest
    with: { field: a, spread: true }
  - uses: json.format
  - uses: file.write
    with: { path: "-" }
""")
        for done in (weir("check", file),
                     weir("run", "-e", "json.parse | unnest field=a spread=true | json.format")):
            self.assertIn("unknown option 'spread'", done.stderr)
            self.assertIn("write 'prefix: \"\"'", done.stderr)

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
