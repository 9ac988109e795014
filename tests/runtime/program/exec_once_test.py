"""`exec` with `mode: once`, and a child that buffers, with real processes.

Usage: exec_once_test.py WEIR
"""

import pathlib
import signal
import sys
import time
import unittest

from program import PATIENCE, ProcessTest, ProgramTest, weir


class Once(ProgramTest):
    def run_once(self, options, keys="", count=100, threads="2"):
        yaml = f"""
stages:
  - uses: generate
    with: {{ count: {count}, format: text, text: "{{n}}" }}
  - uses: exec
    with:
      mode: once
{options}
{keys}
  - uses: file.write
    with: {{ path: "-" }}
"""
        return weir("run", "--threads", threads, self.file("p.yaml", yaml))

    def test_answers_are_in_the_order_of_the_records(self):
        script = "      command: sleep 0.0$(($1 * 7 % 5)); echo $1\n      args: ['{record.text}']"
        for threads in "1", "2", "8":
            with self.subTest(threads=threads):
                done = self.run_once(script, "    workers: 8", 40, threads)
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertEqual(done.stdout.split(), [str(n) for n in range(40)])

    def test_a_failed_command_is_tried_again_and_told_of(self):
        mark = self.file("mark")
        done = self.run_once(
            f"      command: test -e {mark}.$1 || {{ touch {mark}.$1; echo not yet >&2; exit 7; }}\n"
            "      args: ['{record.text}']", "    retry: { attempts: 2, backoff: 1ms }", 5)
        self.assertEqual((done.returncode, done.stdout), (0, "\n" * 5), done.stderr)
        done = self.run_once("      command: echo 'cannot do' >&2; exit 7", "    on_error: skip", 5)
        self.assertEqual((done.returncode, done.stdout), (0, ""))
        self.assertIn("exec: exec: the command exited with status 7: cannot do", done.stderr)
        done = self.run_once("      command: exit 7", count=5)
        self.assertEqual(done.returncode, 1)

    def test_a_program_that_is_not_there_ends_the_run_before_it_begins(self):
        done = self.run_once("      command: [no-such-program]")
        self.assertEqual(done.returncode, 1)
        self.assertIn("cannot start 'no-such-program': No such file or directory", done.stderr)

    def test_records_of_the_lines_are_counted(self):
        done = self.run_once('      command: test $1 = 1 || seq $1\n      args: ["{record.text}"]\n'
                             '      output: records\n      input: ""', "    on_error: skip", 4)
        # Of 0 nothing comes, of 1 nothing, then 1 2, and 1 2 3.
        self.assertEqual(done.stdout.split(), ["1", "2", "1", "2", "3"], done.stderr)
        self.assertRegex(done.stderr, r"filtered +2 ")

    def test_what_would_be_run_is_shown(self):
        done = weir("try", "-n", "1", "-e", "generate format:text text='a b' | exec cat mode=once "
                    "args='-{record.text}' input='{record.text}!'")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("cat '-a b'", done.stdout)

    def test_a_child_that_buffers_is_named_with_its_remedy(self):
        start = time.monotonic()
        done = self.run_lines("sed s/a/b/", "    timeout: 6s")
        self.assertGreater(time.monotonic() - start, 5)
        self.assertIn("no answer for 5s: 'sed' buffers its output when it is no terminal: -u",
                      done.stderr)
        self.assertEqual(done.stderr.count("no answer for 5s"), 1)

    def run_lines(self, command, keys):
        yaml = f"""
stages:
  - uses: generate
    with: {{ count: 4, format: text, text: a }}
  - uses: exec
    name: ask
    with: {{ command: "{command}" }}
    workers: 4
    on_error: skip
{keys}
  - uses: file.write
    with: {{ path: "-" }}
"""
        return weir("run", self.file("p.yaml", yaml))


class Children(ProcessTest):
    def started(self, pids, count):
        self.until(lambda: pids.exists() and len(pids.read_text().split()) >= count)
        return [int(pid) for pid in pids.read_text().split()]

    def test_no_command_outlives_weir_nor_its_timeout(self):
        for way in signal.SIGTERM, signal.SIGKILL, "timeout":
            with self.subTest(way=way):
                pids = self.folder / f"pids{way}"
                script = f"sleep 1000 & echo $$ $! >> {pids}; wait"
                keys = "    timeout: 200ms\n    on_error: skip\n" if way == "timeout" else ""
                pipeline = self.folder / "pipeline.yaml"
                pipeline.write_text(f"""
limits: {{ drain: 100ms }}
stages:
  - uses: generate
    with: {{ count: 2, format: text }}
  - uses: exec
    with: {{ mode: once, command: [sh, -c, "{script}"] }}
    workers: 2
{keys}
  - uses: file.write
    with: {{ path: "-" }}
""")
                process = self.launch("run", str(pipeline))
                started = self.started(pids, 4)
                if way != "timeout":
                    process.send_signal(way)
                process.communicate(timeout=PATIENCE)
                for pid in started:
                    self.until(lambda pid=pid: self.gone(pid))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
