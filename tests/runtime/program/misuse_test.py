"""What the program makes of plugins that break the rules: no call of theirs ends it without a report.

Usage: misuse_test.py WEIR PLUGINS
"""

import itertools
import sys
import unittest

from program import ProgramTest, weir

PLUGINS = sys.argv[2]
WHAT = ("exception", "error", "number")
# Where a stage of each type throws, and what that is: a mistake of the file (2), the end of the
# run (1), or an error of each record.
FILE, RUN, RECORD, NOTHING = "file", "run", "record", "nothing"
PLACES = {
    "in": {"constructor": FILE, "open": RUN, "read": RUN, "blocking": RUN, "size": RUN, "close": RUN},
    "pieces": {"load": RUN},
    "plain": {"constructor": FILE, "open": RUN, "scratch": RUN, "begin": RUN, "process": RECORD,
              "close": RUN},
    "blocking": {"scratch": RUN, "process": RECORD, "close": RUN},
    "whole": {"scratch": RUN, "process": RECORD, "each": RECORD},
    "serial": {"process": RECORD, "finish": RUN, "due": RUN, "tick": RUN},
    "keyed": {"process": RUN, "finish": RUN},
    "state": {"constructor": RECORD},
    "later": {"start": RECORD, "fill": RECORD, "cancel": NOTHING, "start_after": NOTHING},
    "out": {"constructor": FILE, "open": RUN, "each": RECORD, "write": RECORD, "commit": RUN,
            "leftover": NOTHING, "close": RUN},
    "asked": {"kinds": FILE, "framing": FILE, "by_clock": FILE, "ports": FILE},
}


def stage(name, at="", what="", more=""):
    return f"  - uses: throws.{name}\n{more}    with: {{ at: '{at}', what: '{what}' }}\n"


class Misuse(ProgramTest):
    def pipeline(self, kind, at, what):
        skip = "    on_error: skip\n"
        keys = "    key: [k]\n"
        more = {"in": "", "pieces": "", "out": skip, "keyed": keys, "state": keys + skip}
        changed = stage(kind, at, what, more.get(kind, skip))
        source = changed if kind in ("in", "pieces") else stage("in")
        if at in ("due", "tick"):
            source = "  - uses: generate\n    with: { format: text, text: x }\n"  # Without an end.
        sink = changed if kind == "out" else stage("out")
        middle = "" if kind in ("in", "pieces", "out") else changed
        fields = ("  - uses: set\n    with: { fields: { k: 1 } }\n" if kind in ("keyed", "state")
                  else "")
        return self.file("misuse.yaml", f"plugins: [{PLUGINS}/throws_everywhere.so]\nstages:\n"
                                        f"{source}{fields}{middle}{sink}")

    def test_wherever_a_stage_throws_whatever_the_run_ends_in_a_report(self):
        for kind, places in PLACES.items():
            for (at, ends), what, threads in itertools.product(places.items(), WHAT, (1, 2, 8)):
                with self.subTest(type=kind, at=at, what=what, threads=threads):
                    done = weir("run", f"--threads={threads}", self.pipeline(kind, at, what))
                    self.check(done, ends)

    def check(self, done, ends):
        if ends == FILE:
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertIn("error: ", done.stderr)
        elif ends == RUN:
            self.assertEqual(done.returncode, 1, done.stderr)
            self.assertIn("misuse: failed", done.stderr)
        else:
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn("misuse: ok", done.stderr)
            outcome = "skipped" if ends == RECORD else "delivered"
            self.assertRegex(done.stderr, rf"\n  {outcome} +10")

    def stranger(self, kind, more="", count=20, above=""):
        """Runs its stage at 1, 2 and 8 threads: what each says and puts out."""
        file = self.file("stranger.yaml", f"""{above}plugins: [{PLUGINS}/strangers.so]
stages:
  - uses: generate
    with: {{ count: {count}, format: text, text: 'n{{n}}' }}
  - uses: stranger.{kind}
    name: stage
{more}""")
        for threads in (1, 2, 8):
            with self.subTest(stage=kind, threads=threads):
                yield weir("run", f"--threads={threads}", file)

    def test_names_are_what_they_were_when_they_were_set(self):
        more = "  - uses: json.format\n  - uses: file.write\n    with: { path: '-' }\n"
        wanted = "".join(
            '{"number 0":0,"another name, longer than the first":1,"number 2":2,'
            f'"a name in a buffer":"n{n}!","a field that is gone":null,"copied 5":true}}\n'
            for n in range(20))
        for done in self.stranger("names", more):
            self.assertEqual((done.returncode, done.stdout), (0, wanted), done.stderr)

    def test_a_stage_that_goes_on_whatever_happens_loses_nothing(self):
        more = ("  - uses: text.format\n    with: { template: '{record.text}' }\n"
                "  - uses: regex.replace\n    with: { pattern: '[.]+$', to: '' }\n"
                "  - uses: file.write\n    with: { path: '-' }\n")
        wanted = [f"n{n} {child}" for n in range(400) for child in range(20)]
        above = "limits: { memory: 24MiB, record: 2MiB }\n"
        for done in self.stranger("stubborn", more, 400, above):
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(done.stdout.splitlines(), wanted)

    def test_the_first_answer_stands(self):
        more = "    workers: 5\n  - uses: file.write\n    with: { path: '-' }\n"
        for done in self.stranger("twice", more):
            self.assertEqual((done.returncode, done.stdout), (0, "first\n" * 20), done.stderr)

    def test_what_is_answered_behind_the_end_of_the_run_or_never_touches_nobody(self):
        more = ("    workers: 20\n    timeout: 20ms\n    on_error: skip\n"
                "  - uses: file.write\n    with: { path: '-' }\n")
        for kind in ("hoards", "late"):
            for done in self.stranger(kind, more):
                self.assertEqual(done.stdout, "")
                self.assertRegex(done.stderr, r"\n  skipped +20")
                self.assertIn(done.returncode, (0, 1), done.stderr)

    def test_ports_and_scratch_space_that_are_not_there_are_errors_of_records(self):
        more = ("    on_error: skip\n  - uses: file.write\n    from: [stage, stage.more]\n"
                "    with: { path: '-' }\n")
        for done in self.stranger("sends", more, 30):
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(len(done.stdout.splitlines()), 10)
            self.assertIn("port: the stage has no port 7: it has 2, counted from 0", done.stderr)
        more = "    on_error: skip\n  - uses: file.write\n    with: { path: '-' }\n"
        for done in self.stranger("unscratched", more):
            self.assertEqual((done.returncode, done.stdout), (0, ""), done.stderr)
            self.assertIn("scratch: the stage type declares no scratch space", done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=1, argv=sys.argv[:1])
