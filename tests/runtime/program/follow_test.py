"""A run that follows files: while they grow, are rotated, and until it is told to stop.

Usage: follow_test.py WEIR
"""

import collections
import json
import os
import pathlib
import random
import signal
import unittest

from program import ProcessTest, ProgramTest, weir


class Follow(ProcessTest):
    def follow(self, stages="", read="", sink="out.txt", limits="", arguments=()):
        yaml = self.folder / "p.yaml"
        yaml.write_text(f"{limits}stages:\n  - uses: file.read\n    with:\n"
                        f"      path: '*.log*'\n      follow: true\n      scan: 100ms\n"
                        f"      rotate_wait: 200ms\n{read}{stages}"
                        f"  - uses: file.write\n    with: {{ path: {sink}, append: true }}\n")
        return self.launch("run", "p.yaml", *arguments, cwd=self.folder)

    def lines(self, name="out.txt"):
        path = self.folder / name
        return path.read_text().splitlines() if path.exists() else []

    def add(self, name, text):
        with open(self.folder / name, "a") as file:
            file.write(text)

    def end(self, process, code=0, with_signal=signal.SIGTERM):
        process.send_signal(with_signal)
        said = process.stderr.read()
        self.assertEqual(process.wait(), code, said)
        return said

    def test_what_is_written_comes_out_and_a_signal_ends_it_well(self):
        for with_signal in (signal.SIGINT, signal.SIGTERM):
            with self.subTest(signal=with_signal):
                self.add("a.log", "1\n2\nhalf")
                process = self.follow(sink=f"out{with_signal}.txt, compression: none")
                self.until(lambda: self.lines(f"out{with_signal}.txt")[:2] == ["1", "2"])
                self.end(process, with_signal=with_signal)
                self.assertEqual(self.lines(f"out{with_signal}.txt")[-1], "2")
                os.remove(self.folder / "a.log")

    def test_an_output_gets_its_name_when_the_run_is_told_to_stop(self):
        self.add("a.log", "".join(f"{i}\n" for i in range(1000)))
        (self.folder / "p.yaml").write_text(
            "stages:\n  - uses: file.read\n    with: { path: a.log, follow: true }\n"
            "  - uses: file.write\n    with: { path: out.txt }\n")
        process = self.launch("run", "p.yaml", cwd=self.folder)
        self.until(lambda: len(self.lines("out.txt.partial")) == 1000)
        self.end(process)
        self.assertEqual(len(self.lines()), 1000)

    def test_a_second_signal_or_an_end_of_patience_is_an_interruption(self):
        self.add("a.log", "1\n")
        process = self.follow("  - uses: exec\n    with: { command: sleep 1000 }\n",
                              limits="limits: { drain: 100ms }\n", sink="out.txt")
        self.until(lambda: b"sleep" in b"".join(
            pathlib.Path(f"/proc/{child}/cmdline").read_bytes()
            for child in self.children(process.pid)))
        self.end(process, 128 + signal.SIGTERM)

    def children(self, pid):
        found = []
        for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
            try:
                found += (task / "children").read_text().split()
            except OSError:
                continue
        return [child for child in found if pathlib.Path(f"/proc/{child}/cmdline").exists()]

    def test_another_input_that_is_not_read_out_is_interrupted(self):
        self.add("a.log", "1\n")
        os.mkfifo(self.folder / "fifo")
        (self.folder / "p.yaml").write_text(
            "stages:\n  - uses: file.read\n    with: { path: a.log, follow: true }\n"
            "  - uses: file.write\n    with: { path: out.txt, append: true }\n"
            "  - uses: file.read\n    with: { path: fifo }\n"
            "  - uses: file.write\n    with: { path: more.txt, append: true }\n")
        process = self.launch("run", "p.yaml", cwd=self.folder)
        with open(self.folder / "fifo", "w") as fifo:
            fifo.write("x\n")
            fifo.flush()
            self.until(lambda: self.lines("more.txt") == ["x"] and self.lines() == ["1"])
            self.end(process, 128 + signal.SIGTERM)

    def test_the_rest_of_the_run_goes_on_while_nothing_comes(self):
        """Two sources; what the one has read does not wait for the other."""
        self.add("quiet.log", "")
        self.add("in.txt", "".join(f"{i}\n" for i in range(10_000)))
        (self.folder / "p.yaml").write_text(
            "stages:\n  - uses: file.read\n    with: { path: quiet.log, follow: true }\n"
            "  - uses: file.write\n    with: { path: quiet.txt }\n"
            "  - uses: file.read\n    with: { path: in.txt }\n"
            "  - uses: file.write\n    with: { path: out.txt, append: true }\n")
        process = self.launch("run", "p.yaml", cwd=self.folder)
        self.until(lambda: len(self.lines()) == 10_000)
        self.end(process)

    def test_rotations_lose_and_double_nothing(self):
        for threads in (1, 2, 8):
            with self.subTest(threads=threads):
                self.rotate(threads)

    def rotate(self, threads):
        """Four writers: each writes in pieces, renames what it has written, into the glob and out
        of it, and some still write to the renamed file. Then the run is killed by nobody: it ends."""
        for path in self.folder.iterdir():
            os.remove(path)
        rolls = random.Random(threads)
        process = self.follow("  - uses: set\n    with: { fields: { w: record.text } }\n"
                              "  - uses: json.format\n", sink="rows.ndjson",
                              limits=f"limits: {{ threads: {threads} }}\n")
        expected = []
        files = [open(self.folder / f"{w}.log", "a") for w in range(4)]
        kept = [0] * 4
        for step in range(3000):
            w = rolls.randrange(4)
            for _ in range(rolls.randrange(3)):
                expected.append(f"{w} {step} {len(expected)} " + "x" * rolls.randrange(50))
                cut = rolls.randrange(len(expected[-1]))
                for piece in (expected[-1][:cut], expected[-1][cut:] + "\n"):
                    files[w].write(piece)
                    files[w].flush()
            if rolls.randrange(60) > 0:
                continue
            kept[w] += 1
            old = files[w]
            if rolls.randrange(4) > 0:
                os.rename(self.folder / f"{w}.log", self.folder / f"{w}.log.{kept[w]}")
            else:
                # Out of the glob: it is read as far as the run has it open.
                self.until(lambda: len(self.lines("rows.ndjson")) == len(expected))
                os.rename(self.folder / f"{w}.log", self.folder / f"{w}.gone.{kept[w]}")
            files[w] = open(self.folder / f"{w}.log", "a")
            if rolls.randrange(2):
                expected.append(f"{w} late {len(expected)}")
                old.write(expected[-1] + "\n")
            old.close()
        for file in files:
            file.close()
        self.until(lambda: len(self.lines("rows.ndjson")) >= len(expected))
        self.end(process)
        came = [json.loads(line)["w"] for line in self.lines("rows.ndjson")]
        lost = collections.Counter(expected) - collections.Counter(came)
        doubled = collections.Counter(came) - collections.Counter(expected)
        self.assertEqual((lost, doubled), (collections.Counter(), collections.Counter()))

    def test_what_logrotate_copies_and_truncates_goes_on(self):
        self.add("a.log", "1\n2\n")
        process = self.follow()
        self.until(lambda: self.lines() == ["1", "2"])
        with open(self.folder / "a.log", "a") as log:
            (self.folder / "copy").write_text((self.folder / "a.log").read_text())
            os.truncate(self.folder / "a.log", 0)
            log.write("3\n")
        self.until(lambda: self.lines() == ["1", "2", "3"])
        self.assertIn("'a.log' was truncated", self.end(process))


class Lines(ProgramTest):
    STAGES = ("stages:\n  - uses: file.read\n    with: {{ path: {path} }}\n{stages}"
              "  - uses: file.write\n    with: {{ path: '-' }}\n")

    def texts(self, path, stages, *arguments):
        yaml = self.file("p.yaml", self.STAGES.format(path=path, stages=stages))
        done = weir("run", "--quiet", yaml, *arguments, cwd=self.folder.name)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def test_a_record_knows_its_line_wherever_it_is_named(self):
        self.file("in.txt", "a\n\nb\nc\n" * 5000)
        numbers = [f"{1 + 4 * i + k}" for i in range(5000) for k in range(4)]
        for threads in ("1", "2", "8"):
            limits = ["--threads", threads]
            by_field = self.texts("in.txt", "  - uses: set\n    with: { fields: { l: record.line }"
                                  " }\n  - uses: text.format\n    with: { template: '{l}' }\n",
                                  *limits)
            self.assertEqual(by_field.split(), numbers)
            by_lua = self.texts("in.txt", "  - uses: lua\n    with: { code: 'local r = record "
                                "text = r.line' }\n", *limits)
            self.assertEqual(by_lua.split(), numbers)

    def test_an_error_says_the_line_where_lines_are_counted(self):
        self.file("in.ndjson", '{"a":1}\n{"a":\n{"a":3}\n')
        yaml = self.file("p.yaml", (
            "stages:\n  - uses: file.read\n    with: { path: in.ndjson }\n  - uses: json.parse\n"
            "    on_error: { to: odd }\n  - uses: filter\n    with: { where: record.line > 0 }\n"
            "  - uses: file.write\n    with: { path: out }\n  - name: odd\n    uses: json.format\n"
            "  - uses: file.write\n    with: { path: odd }\n"))
        done = weir("run", yaml, "--errors=errors", cwd=self.folder.name)
        self.assertEqual(done.returncode, 0, done.stderr)
        for name in ("odd", "errors"):
            error = json.loads(pathlib.Path(self.file(name)).read_text())
            self.assertEqual(error.get("error", error)["origin"],
                             {"part": "in.ndjson", "position": 8, "line": 2})


if __name__ == "__main__":
    unittest.main(argv=["follow_test"])
