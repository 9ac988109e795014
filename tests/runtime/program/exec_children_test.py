"""No process that `exec` started outlives weir, however weir ends.

Usage: exec_children_test.py WEIR
"""

import pathlib
import signal
import sys
import unittest

from program import PATIENCE, ProcessTest


class Children(ProcessTest):
    def setUp(self):
        super().setUp()
        self.pids = self.folder / "pids"

    def start(self, count, rest, workers=2):
        """Runs a stage whose processes, and a child of each, ignore what asks them to end."""
        self.pids.unlink(missing_ok=True)
        program = self.folder / "program"
        program.write_text(f"""trap '' TERM INT HUP
sleep 1000 & echo $$ $! >> {self.pids}
while read -r x; do echo "$x"; done
{rest}
""")
        pipeline = self.folder / "pipeline.yaml"
        pipeline.write_text(f"""
limits: {{ drain: 100ms }}
stages:
  - uses: generate
    with: {{ count: {count}, rate: 1000/s, format: text }}
  - uses: exec
    with: {{ command: [sh, {program}] }}
    workers: {workers}
  - uses: file.write
    with: {{ path: "-" }}
""")
        return self.launch("run", str(pipeline))

    def started(self):
        """The numbers of the processes, once there are any, and their children's."""
        self.until(lambda: self.pids.exists() and self.pids.read_text().endswith("\n"))
        return [int(pid) for pid in self.pids.read_text().split()]

    def all_end(self):
        for pid in self.started():
            self.until(lambda pid=pid: self.gone(pid))

    def test_at_the_end_of_a_good_run(self):
        for workers in (1, 2, 8):
            with self.subTest(workers=workers):
                process = self.start(100, "while :; do sleep 0.1; done", workers)
                _, report = process.communicate(timeout=PATIENCE)
                self.assertEqual(process.returncode, 0, report)
                self.assertIn("delivered  100", report)
                self.assertNotIn("left behind", report)
                self.all_end()  # What is killed ends once it has a processor.

    def test_where_weir_is_killed(self):
        process = self.start(1_000_000, "wait")
        self.started()
        process.kill()
        process.wait(timeout=PATIENCE)
        self.all_end()

    def test_where_a_signal_ends_the_run(self):
        for sent in (signal.SIGTERM, signal.SIGINT):
            with self.subTest(signal=sent):
                process = self.start(1_000_000, "wait")
                self.started()
                process.send_signal(sent)
                process.communicate(timeout=PATIENCE)
                self.assertEqual(process.returncode, 128 + sent)
                self.all_end()


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
