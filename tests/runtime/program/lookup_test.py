"""Tables that `lookup` reads: what is found in them, what is wrong with them, and how they change.

Usage: lookup_test.py WEIR
"""

import gzip
import ipaddress
import json
import pathlib
import random
import subprocess
import sys
import time
import unittest

from program import PATIENCE, WEIR, ProgramTest, weir

USERS = "user_id,name,plan\n42,Ann,pro\n7,Bo,\n042,Zero,free\n"


class Lookups(ProgramTest):
    def pipeline(self, table, options, types="{}", more="", limits=""):
        return self.file("lookup.yaml", f"""
{limits}
stages:
  - uses: file.read
    with: {{ path: "-" }}
  - uses: json.parse
  - uses: lookup
    with: {{ path: '{table}', {options} }}
{more}
  - uses: json.format
  - uses: file.write
    with: {{ path: "-" }}
""")

    def run_lines(self, pipeline, records, *arguments):
        result = weir("run", pipeline, "--quiet", *arguments,
                      stdin="".join(json.dumps(record) + "\n" for record in records))
        return result, [json.loads(line) for line in result.stdout.splitlines()]

    def found(self, table, options, records, **more):
        result, lines = self.run_lines(self.pipeline(table, options, **more), records)
        self.assertEqual(result.stderr, "")
        self.assertEqual(result.returncode, 0)
        return lines

    def fails(self, table, options, records=({"k": "1"},), **more):
        result, _ = self.run_lines(self.pipeline(table, options, **more), records)
        self.assertEqual(result.returncode, 1, result.stderr)
        return result.stderr

    def refused(self, options, table="users.csv"):
        result = weir("check", self.pipeline(table, options))
        self.assertEqual(result.returncode, 2, result.stderr)
        return result.stderr

    # What is found.

    def test_keys_are_compared_as_the_text_that_csv_would_have(self):
        users = self.file("users.csv", USERS)
        records = [{"user": 42}, {"user": "42"}, {"user": "042"}, {"user": 7}, {"user": 8},
                   {"user": None}, {}]
        lines = self.found(users, "by: { user: user_id }", records)
        self.assertEqual([line["name"] for line in lines],
                         ["Ann", "Ann", "Zero", "Bo", None, None, None])
        self.assertEqual(lines[3], {"user": 7, "name": "Bo", "plan": ""})
        self.assertEqual(lines[6], {"name": None, "plan": None})

    def test_what_is_added_has_a_prefix_or_goes_into_one_field(self):
        users = self.file("users.csv", USERS)
        record = [{"user": 42, "name": "old"}, {"user": 1}]
        by = "by: { user: user_id }"
        self.assertEqual(self.found(users, f"{by}, columns: [plan, name]", record),
                         [{"user": 42, "name": "Ann", "plan": "pro"},
                          {"user": 1, "plan": None, "name": None}])
        self.assertEqual(self.found(users, f"{by}, prefix: user_", record),
                         [{"user": 42, "name": "old", "user_name": "Ann", "user_plan": "pro"},
                          {"user": 1, "user_name": None, "user_plan": None}])
        self.assertEqual(self.found(users, f"{by}, into: who", record),
                         [{"user": 42, "name": "old", "who": {"name": "Ann", "plan": "pro"}},
                          {"user": 1, "who": None}])
        self.assertEqual(self.found(users, f"{by}, columns: [name], into: who", record),
                         [{"user": 42, "name": "old", "who": "Ann"}, {"user": 1, "who": None}])

    def test_a_record_without_a_row_is_kept_dropped_or_an_error(self):
        users = self.file("users.csv", USERS)
        records = [{"user": 1}, {"user": 42}]
        lines = self.found(users, "by: { user: user_id }, on_missing: drop", records)
        self.assertEqual([line["user"] for line in lines], [42])
        message = self.fails(users, "by: { user: user_id }, on_missing: error", records)
        self.assertIn(f"no row in {users} for user = '1'", message)

    def test_several_keys_are_compared_each_by_itself(self):
        table = self.file("t.csv", "a,b,v\nx,yz,1\nxy,z,2\n")
        records = [{"a": "x", "b": "yz"}, {"a": "xy", "b": "z"}, {"a": "xyz", "b": ""}, {"a": "x"}]
        lines = self.found(table, "by: [a, b]", records)
        self.assertEqual([line["v"] for line in lines], ["1", "2", None, None])

    def test_the_keys_of_a_batch_may_be_long_together(self):
        draw = random.Random(3)
        keys = [str(number) * (1 + draw.randrange(6000)) for number in range(100)]
        table = self.file("t.csv", "k,v\n" + "".join(f"{key},{number}\n"
                                                    for number, key in enumerate(keys)))
        wanted = [draw.randrange(-20, 100) for _ in range(2000)]
        records = [{"k": keys[number] if number >= 0 else None if number % 2 else "none" * 9000}
                   for number in wanted]
        lines = self.found(table, "by: k", records)
        self.assertEqual([line["v"] for line in lines],
                         [str(number) if number >= 0 else None for number in wanted])
        nets = self.file("n.csv", "k,lo,hi,v\n" + "".join(f"{key},0,9,{number}\n"
                                                          for number, key in enumerate(keys)))
        for record, number in zip(records, wanted):
            record["at"] = abs(number) % 12
        lines = self.found(nets, "by: { k: k, at: { from: lo, to: hi } }", records)
        self.assertEqual([line["v"] for line in lines],
                         [str(number) if number >= 0 and number % 12 <= 9 else None
                          for number in wanted])

    def test_columns_have_types_and_ndjson_has_its_own(self):
        csv = self.file("t.csv", "k,n,b\n1,1.50,true\n2,,\n")
        records = [{"k": 1}, {"k": 2}]
        lines = self.found(csv, "by: k, types: { n: number, b: boolean }", records)
        self.assertEqual(lines, [{"k": 1, "n": 1.5, "b": True}, {"k": 2, "n": None, "b": None}])
        rows = self.file("t.ndjson", '{"k":1,"v":{"x":[1, 2]}}\n{"k":"2","w":true}\n\n{"v":1}\n')
        self.assertEqual(self.found(rows, "by: k", records),
                         [{"k": 1, "v": {"x": [1, 2]}, "w": None}, {"k": 2, "v": None, "w": True}])

    def test_a_range_holds_both_ends_and_an_empty_one_is_open(self):
        table = self.file("t.csv", "lo,hi,v\n10,19.5,b\n,9,a\n20,,c\n")
        values = [-1e300, 9, 9.5, 10, 19.5, 19.51, 20, 1e300, "12", "x", True, None]
        lines = self.found(table, "by: { x: { from: lo, to: hi } }", [{"x": x} for x in values])
        self.assertEqual([line["v"] for line in lines],
                         ["a", "a", None, "b", "b", None, "c", "c", "b", None, None, None])
        large = self.file("l.csv", "lo,hi,v\n9007199254740993,9007199254740993,x\n")
        values = [{"x": 9007199254740992}, {"x": 9007199254740993}, {"x": 9007199254740994}]
        lines = self.found(large, "by: { x: { from: lo, to: hi } }", values)
        self.assertEqual([line["v"] for line in lines], [None, "x", None])

    def test_bounds_that_are_no_numbers_are_compared_by_their_bytes(self):
        table = self.file("t.csv", "lo,hi,v\n2026-01-01,2026-01-31,jan\n2026-02-01,,later\n")
        days = ["2025-12-31", "2026-01-01", "2026-01-31", "2026-01-31x", "2027", 2026]
        lines = self.found(table, "by: { day: { from: lo, to: hi } }", [{"day": d} for d in days])
        self.assertEqual([line["v"] for line in lines], [None, "jan", "jan", None, "later", None])

    def test_ranges_belong_to_the_keys_beside_them(self):
        table = self.file("t.csv", "sku,lo,hi,v\na,1,5,a1\nb,1,9,b1\na,6,9,a2\n")
        records = [{"s": s, "q": q} for s in "abc" for q in (5, 6)]
        lines = self.found(table, "by: { s: sku, q: { from: lo, to: hi } }", records)
        self.assertEqual([line["v"] for line in lines], ["a1", "a2", "b1", "b1", None, None])

    def test_the_longest_prefix_of_an_address_counts(self):
        draw = random.Random(5)
        networks = {f"10.{draw.randrange(4)}.{draw.randrange(256)}.0/{draw.randrange(8, 33)}"
                    for _ in range(300)} | {"2001:db8::/32", "2001:db8:1::/48", "::/0", "0.0.0.0/0"}
        networks = {str(ipaddress.ip_network(n, strict=False)) for n in networks}
        table = self.file("nets.csv", "cidr,v\n" + "".join(f"{n},{n}\n" for n in sorted(networks)))
        addresses = [f"10.{draw.randrange(5)}.{draw.randrange(256)}.{draw.randrange(256)}"
                     for _ in range(500)] + ["2001:db8::1", "2001:db8:1::1", "2002::", "9.9.9.9"]
        lines = self.found(table, "by: { ip: { network: cidr } }", [{"ip": a} for a in addresses])
        known = [ipaddress.ip_network(n) for n in networks]
        for address, line in zip(addresses, lines):
            held = [n for n in known if ipaddress.ip_address(address) in n]
            self.assertEqual(line["v"], str(max(held, key=lambda n: n.prefixlen)), address)
        rest = self.file("rest.csv", "cidr,v\n::/0,six\n")
        lines = self.found(rest, "by: { ip: { network: cidr } }",
                           [{"ip": ip} for ip in ("9.9.9.9", "::ffff:9.9.9.9", "2002::")])
        self.assertEqual([line["v"] for line in lines], [None, None, "six"])
        bad = [{"ip": ip} for ip in ("10.0.0", "", 10, None, "10.0.0.1/8")]
        self.assertEqual({line["v"] for line in self.found(table, "by: { ip: { network: cidr } }", bad)},
                         {None})

    def test_of_several_rows_the_first_or_the_last_counts(self):
        table = self.file("t.csv", "k,v\n1,a\n2,b\n1,c\n")
        self.assertIn(f"{table}:4", message := self.fails(table, "by: k"))
        self.assertIn("duplicate key '1'", message)
        for which, wanted in (("first", "a"), ("last", "c")):
            lines = self.found(table, f"by: k, duplicates: {which}", [{"k": 1}])
            self.assertEqual(lines[0]["v"], wanted)
        ranges = self.file("r.csv", "lo,hi,v\n1,9,a\n5,20,b\n")
        by = "by: { k: { from: lo, to: hi } }"
        self.assertIn("ranges '1..9' and '5..20' overlap", self.fails(ranges, by))
        for which, wanted in (("first", "aab"), ("last", "abb")):
            lines = self.found(ranges, f"{by}, duplicates: {which}", [{"k": k} for k in (1, 5, 10)])
            self.assertEqual("".join(line["v"] for line in lines), wanted)
        nets = self.file("n.csv", "net,v\n10.0.0.0/8,a\n10.9.9.9/8,b\n")
        by = "by: { ip: { network: net } }"
        self.assertIn("duplicate network '10.9.9.9/8'", self.fails(nets, by))
        for which, wanted in (("first", "a"), ("last", "b")):
            lines = self.found(nets, f"{by}, duplicates: {which}", [{"ip": "10.1.1.1"}])
            self.assertEqual(lines[0]["v"], wanted)

    def test_an_empty_table_has_nothing(self):
        for text in ("", "k,v\n"):
            table = self.file("t.csv", text)
            self.assertEqual(self.found(table, "by: k, columns: [v]", [{"k": 1}]),
                             [{"k": 1, "v": None}])
            self.assertEqual(self.found(table, "by: k", [{"k": 1}]), [{"k": 1}])

    def test_a_table_may_be_compressed_or_have_another_delimiter(self):
        path = pathlib.Path(self.folder.name) / "t.tsv.gz"
        path.write_bytes(gzip.compress(b"k\tv\n1\ta,b\n"))
        self.assertEqual(self.found(path, "by: k", [{"k": 1}]), [{"k": 1, "v": "a,b"}])
        quoted = self.file("q.csv", "k,v\n1,'a,b'\n")
        self.assertEqual(self.found(quoted, 'by: k, quote: "\'"', [{"k": 1}]),
                         [{"k": 1, "v": "a,b"}])
        other = self.file("t.txt", "k;v\n1;a\n")
        options = 'by: k, format: csv, delimiter: ";"'
        self.assertEqual(self.found(other, options, [{"k": 1}]), [{"k": 1, "v": "a"}])

    def test_the_output_is_the_same_at_any_number_of_threads(self):
        table = self.file("t.csv", "k,v\n" + "".join(f"{i},{i * i}\n" for i in range(5000)))
        pipeline = self.pipeline(table, "by: k, columns: [v]")
        draw = random.Random(1)
        records = [{"n": n, "k": draw.randrange(10_000)} for n in range(50_000)]
        wanted = [{**r, "v": str(r["k"] ** 2) if r["k"] < 5000 else None} for r in records]
        for threads in (1, 2, 8):
            result, lines = self.run_lines(pipeline, records, "--threads", str(threads))
            self.assertEqual(result.returncode, 0)
            self.assertEqual(lines, wanted)

    # What is wrong.

    def test_a_table_that_cannot_be_read_fails_the_run_before_the_first_record(self):
        self.assertIn("no-such.csv", self.fails("no-such.csv", "by: k"))
        ragged = self.file("t.csv", "k,v\n1,a\n2\n")
        self.assertIn(f"{ragged}:3", message := self.fails(ragged, "by: k"))
        self.assertIn("expected 2 columns, got 1", message)
        broken = self.file("t.ndjson", '{"k":1}\n{"k":\n')
        self.assertIn(f"{broken}:2", self.fails(broken, "by: k"))
        users = self.file("users.csv", USERS)
        self.assertIn("missing column 'k'", self.fails(users, "by: k"))
        self.assertIn("missing column 'age'", self.fails(users, "by: { k: user_id }, columns: [age]"))
        self.assertIn("'age'", self.fails(users, "by: { k: user_id }, types: { age: number }"))
        nets = self.file("n.csv", "net\n10.0.0.0/8\n10.0.0.0/40\n")
        message = self.fails(nets, "by: { k: { network: net } }")
        self.assertIn(f"{nets}:3", message)
        self.assertIn("column 'net': expected a network such as '10.0.0.0/8', got '10.0.0.0/40'",
                      message)
        ranges = self.file("r.csv", "lo,hi\n1,2\n9,3\n")
        message = self.fails(ranges, "by: { k: { from: lo, to: hi } }")
        self.assertIn(f"{ranges}:3", message)
        self.assertIn("expected 'lo' at most 'hi', got '9..3'", message)

    def test_a_table_too_large_for_the_state_is_an_error(self):
        table = self.file("t.csv", "k,v\n" + "".join(f"{i},{'x' * 90}\n" for i in range(20_000)))
        limits = "limits: { memory: 64MiB, state: 9MiB, record: 64KiB }"
        self.assertIn("does not fit in limits.state (9MiB)",
                      self.fails(table, "by: k", limits=limits))
        small = "limits: { memory: 64MiB, state: 1MiB, record: 64KiB }"
        self.assertIn("limits.state (1MiB)", self.fails(table, "by: k", limits=small))

    def test_a_sink_does_not_write_the_table(self):
        table = self.file("t.csv", "k,v\n1,a\n")
        pipeline = self.file("clash.yaml", f"""
stages:
  - uses: generate
    with: {{ count: 1 }}
  - uses: lookup
    with: {{ path: '{table}', by: {{ n: k }} }}
  - uses: csv.format
    with: {{ columns: [n] }}
  - uses: file.write
    with: {{ path: '{pathlib.Path(table).parent}/./t.csv', append: true }}
""")
        result = weir("run", pipeline)
        self.assertEqual(result.returncode, 1)
        self.assertIn("lookup", result.stderr)
        self.assertEqual(pathlib.Path(table).read_text(), "k,v\n1,a\n")

    def test_mistakes_in_the_options_are_shown_where_they_are(self):
        for options, message in (
                ("by: {}", "expected at least one field, got none"),
                ("by: []", "expected at least one field, got none"),
                ("by: [a, a]", "duplicate field 'a'"),
                ("by: { a: { from: x } }", "missing 'to'"),
                ("by: { a: { from: x, to: y, network: z } }",
                 "expected one of network | from, got network and from"),
                ("by: { a: { form: x, to: y } }", "did you mean 'from'"),
                ("by: { a: { from: x, to: y }, b: { network: z } }",
                 "expected at most one of network | from, got 2"),
                ("by: { a: '' }", "expected a column, got empty text"),
                ("by: k, columns: [a, a]", "duplicate column 'a'"),
                ("by: k, into: x, prefix: y", "'into' takes no 'prefix'"),
                ("by: k, into: ''", "expected a name, got empty text"),
                ("by: k, reload: 99ms", "expected at least 100ms"),
                ("by: k, format: ndjson, types: { a: number }", "'format: ndjson' takes no 'types'"),
                ("by: k, delimiter: '||'", "expected one ASCII character, got '||'"),
                ("by: k, quote: ab", "expected one ASCII character, got 'ab'"),
                ("by: k, quote: ';', delimiter: ';'", "expected a 'delimiter' other than 'quote'")):
            with self.subTest(options):
                self.assertIn(message, self.refused(options))
        self.assertIn("expected a file, got '-'", self.refused("by: k", "-"))
        self.assertIn("expected a name in .csv", self.refused("by: k", "users.txt"))

    # Tables that change.

    def test_a_table_that_changes_is_read_again_and_a_broken_one_is_not_taken(self):
        table = self.file("t.csv", "k,v\n1,a\n")
        pipeline = self.pipeline(table, "by: k, columns: [v], reload: 100ms")
        process = subprocess.Popen([WEIR, "run", pipeline, "--quiet"], stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(process.kill)

        def ask():
            process.stdin.write('{"k":1}\n')
            process.stdin.flush()
            return json.loads(process.stdout.readline())["v"]

        def until(value):
            end = time.monotonic() + PATIENCE
            while (got := ask()) != value:
                self.assertLess(time.monotonic(), end, f"it is still {got}")
                time.sleep(0.01)

        until("a")
        self.file("t.csv", "k,v\n1,bb\n")
        until("bb")
        self.file("t.csv", "k,v\n1,ccc,d\n")
        self.file("new.csv", "k,v\n1,dddd\n")
        time.sleep(0.3)
        self.assertEqual(ask(), "bb")
        pathlib.Path(table).unlink()
        time.sleep(0.3)
        self.assertEqual(ask(), "bb")
        pathlib.Path(self.file("new.csv")).rename(table)
        until("dddd")
        process.stdin.close()
        self.assertEqual(process.wait(PATIENCE), 0)
        process.stdout.close()
        process.stderr.close()

    def test_explain_says_that_a_reload_depends_on_the_clock(self):
        table = self.file("t.csv", "k,v\n1,a\n")
        still = weir("explain", self.pipeline(table, "by: k")).stdout
        moving = weir("explain", self.pipeline(table, "by: k, reload: 1s")).stdout
        self.assertNotEqual(still, moving)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]])
