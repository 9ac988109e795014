"""What the program makes of errors of records: --strict, --errors, and --chaos, which injects them.

Usage: errors_test.py WEIR
"""

import json
import pathlib
import sys
import unittest

from program import LINE, SAMPLE, ProgramTest, weir


class Errors(ProgramTest):
    def test_strict_is_exit_code_3_where_a_record_was_skipped_or_kept(self):
        for policy, code in (("skip", 3), ("keep", 3)):
            line = f"file.read {self.bad_lines()} | json.parse on_error:{policy} | json.format"
            with self.subTest(policy=policy):
                self.assertEqual(weir("run", "-e", line).returncode, 0)
                self.assertEqual(weir("run", "--strict", "-e", line).returncode, code)
        line = f"file.read {self.bad_lines()}"
        self.assertEqual(weir("run", "--strict", "-e", line).returncode, 0)

    def test_what_a_loop_has_not_done_and_keeps_leaves_it_though_its_first_port_leads_back(self):
        loop = self.file("loop.yaml", """stages:
  - uses: file.read
    with: { path: "-" }
  - name: n
    uses: regex.match
    with: { pattern: '^(?P<n>.*)$' }
  - name: count
    uses: set
    from: [n, again.back]
    loop: { max: 2 }
    with: { fields: { k: "(k or 0) + 1" } }
  - name: again
    uses: route
    with: { ports: [{ port: back, where: "k < 9" }, { port: done }] }
    on_error: keep
  - uses: json.format
    from: again.done
    with: { columns: [n, k] }
  - uses: file.write
    with: { path: "-" }
""")
        for threads in (1, 2, 8):
            done = weir("run", "--strict", f"--threads={threads}", loop, stdin="1\n2\n3\n")
            self.assertEqual(done.returncode, 3, done.stderr)
            self.assertEqual(done.stdout, "".join(f'{{"n":"{n}","k":3}}\n' for n in (1, 2, 3)))
            self.assertRegex(done.stderr, r"\n  kept +3 ")

    def test_strict_is_exit_code_3_where_a_record_was_dead_lettered_or_shed(self):
        shipping = ["configs/shipping.yaml", f"--rejected={self.file('rejected.ndjson')}"]
        self.assertEqual(weir("run", *shipping).returncode, 0)
        done = weir("run", "--strict", *shipping)
        self.assertEqual(done.returncode, 3)
        self.assertRegex(done.stderr, r"\n  dead_lettered +3  parse 2, ask 1\n")
        shedding = self.file("shedding.yaml", "stages:\n  - uses: generate\n"
                                              "    with: { count: 1000, format: text }\n"
                                              "  - uses: delay\n    with: { for: 50ms }\n"
                                              "    workers: 1\n"
                                              "    queue: { records: 1, when_full: drop_newest }\n"
                                              "  - uses: file.write\n    with: { path: '-' }\n")
        self.assertEqual(weir("run", shedding).returncode, 0)
        done = weir("run", "--strict", shedding)
        self.assertEqual(done.returncode, 3)
        self.assertRegex(done.stderr, r"\n  shed +9\d\d  delay 9\d\d\n")

    def test_all_errors_go_to_a_file_of_a_line_each(self):
        bad = self.file("many.ndjson", "".join('{"a":%d}\nno %d\n' % (i, i) for i in range(500)))
        errors = self.file("errors.ndjson")
        done = weir("run", "--quiet", "--errors", errors, "-e",
                    f"file.read {bad} | json.parse on_error:skip | json.format")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        lines = [json.loads(line) for line in pathlib.Path(errors).read_text().splitlines()]
        lines.sort(key=lambda line: line["origin"]["position"])
        self.assertEqual([line["text"] for line in lines], [f"no {i}" for i in range(500)])
        content = pathlib.Path(bad).read_text()
        for line in lines:
            place = line["origin"]
            self.assertEqual((line["stage"], line["kind"], line["attempts"], place["part"]),
                             ("parse", "json", 1, bad))
            self.assertTrue(content[place["position"]:].startswith(line["text"] + "\n"))

    def test_errors_that_cannot_be_written_fail_the_command(self):
        line = f"file.read {self.bad_lines()} | json.parse on_error:skip | json.format"
        done = weir("run", "--errors", "/no/such/errors", "-e", line)
        self.assertEqual((done.returncode, done.stdout, done.stderr),
                         (2, "", "weir: cannot write '/no/such/errors': No such file or directory\n"))
        done = weir("run", "--quiet", "--errors", "/dev/full", "-e", line)
        self.assertEqual((done.returncode, done.stdout), (1, '{"a":1}\n{"a":3}\n'))
        self.assertIn("weir: cannot write '/dev/full': No space left on device\n", done.stderr)

    def test_the_same_seed_injects_the_same_errors(self):
        def failing(*arguments):
            errors = self.file("errors.ndjson")
            done = weir("run", "--quiet", "--errors", errors, *arguments,
                        "-e", "regex.replace x to:y name:edit on_error:skip", stdin="x\n" * 200)
            self.assertEqual(done.returncode, 0, done.stderr)
            lines = [json.loads(line) for line in pathlib.Path(errors).read_text().splitlines()]
            self.assertEqual({(line["stage"], line["kind"]) for line in lines},
                             {("edit", "chaos")})
            return sorted(line["origin"]["position"] for line in lines)
        first = failing("--chaos", "error=0.3,seed=1")
        self.assertTrue(20 < len(first) < 120, first)
        self.assertEqual(failing("--chaos", "error=0.3,seed=1", "--threads=8"), first)
        self.assertNotEqual(failing("--chaos", "error=0.3,seed=2"), first)
        self.assertEqual(failing("--chaos", "error=0.3,seed=1", "--chaos-stage", "edit"), first)

    def test_faults_that_make_no_sense_are_refused_before_the_run(self):
        for arguments, message in (
                (["--chaos", "eror=0.1"], "weir: --chaos: unknown fault 'eror'"),
                (["--chaos", "error=1", "--chaos-stage", "prase"], "did you mean 'parse'?"),
                (["--chaos", "error=1", "--chaos-stage", "write"],
                 "'write' (file.write) is a sink: faults are injected only where"),
                (["--chaos-stage", "parse"], "weir: --chaos-stage needs --chaos\n")):
            with self.subTest(arguments=arguments):
                done = weir("run", *arguments, "-e", LINE, stdin=SAMPLE)
                self.assertEqual((done.returncode, done.stdout), (2, ""))
                self.assertIn(message, done.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
