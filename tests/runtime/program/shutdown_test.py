"""A signal ends a run whatever it is waiting for, and every record is still counted.

Usage: shutdown_test.py WEIR
"""

import pathlib
import re
import signal
import sys
import unittest

from program import PATIENCE, ProcessTest, number

OUTCOMES = ("delivered", "filtered", "aggregated", "skipped", "dead_lettered", "shed", "abandoned")

SOURCE = """
  - uses: generate
    with: { rate: RATE, format: text, text: "{n}" }
"""
SINK = """
  - uses: file.write
    with: { path: "-" }
"""


def outcomes(report):
    """{name: count} of the report's first lines, `read` among them."""
    found = re.findall(rf"(?m)^  (read|{'|'.join(OUTCOMES)}) +([\d,]+)", report)
    return {name: number(count) for name, count in found}


class Shutdown(ProcessTest):
    def setUp(self):
        super().setUp()
        self.seen = self.folder / "seen"

    def has_seen(self, text):
        return lambda: self.seen.exists() and text in self.seen.read_text()

    def program(self, name, *lines):
        """A program for `exec`, which does the lines for each line that it reads."""
        path = self.folder / name
        path.write_text("while read -r x; do\n" + "\n".join(lines) + "\ndone\n")
        return f"[sh, {path}]"

    def start(self, stages, *arguments, drain="300ms", rate="200/s"):
        pipeline = self.folder / "pipeline.yaml"
        pipeline.write_text(f"limits: {{ drain: {drain} }}\nstages:"
                            f"{SOURCE.replace('RATE', rate)}{stages}{SINK}")
        return self.launch("run", str(pipeline), *arguments)

    def ends(self, process, sent=signal.SIGTERM):
        """Sends the signal; the report's outcomes and all of it."""
        process.send_signal(sent)
        _, report = process.communicate(timeout=PATIENCE)
        self.assertEqual(process.returncode, 128 + sent, report)
        self.assertIn(f"interrupted by {sent.name}\n", report)
        counts = outcomes(report)
        self.assertEqual(counts.pop("read"), sum(counts.values()), report)
        return counts, report

    def test_in_the_backoff_of_a_retry(self):
        command = self.program("dies", f"echo $x >> {self.seen}", "exit 1")
        process = self.start(f"""
  - uses: exec
    with: {{ command: {command} }}
    retry: {{ attempts: 9, backoff: 1h, max_backoff: 1h, jitter: none }}
""")
        self.until(self.has_seen("0\n"))
        counts, _ = self.ends(process)
        self.assertGreater(counts["abandoned"], 0)

    def test_in_a_hedge(self):
        command = self.program("sleeps", f"echo $x >> {self.seen}", "sleep 1000")
        process = self.start(f"""
  - uses: exec
    with: {{ command: {command} }}
    workers: 64
    idempotent: true
    hedge: {{ after: 10ms, extra: 1, budget: 100% }}
""", rate="20/s")  # A hedge waits for no worker, so there are more than enough.
        self.until(lambda: self.seen.exists() and self.seen.read_text().split().count("0") == 2)
        counts, report = self.ends(process)
        self.assertGreater(counts["abandoned"], 0)
        self.assertIn("hedges", report)

    def test_with_a_full_queue(self):
        command = self.program("passes", f"echo $x >> {self.seen}", "echo $x")
        process = self.start(f"""
  - uses: exec
    with: {{ command: {command} }}
    workers: 1
  - uses: delay
    with: {{ for: 1h }}
    workers: 2
    queue: {{ records: 5, when_full: drop_oldest }}
""")
        self.until(self.has_seen("\n20\n"))
        counts, _ = self.ends(process, signal.SIGINT)
        self.assertGreater(counts["shed"], 0)
        self.assertGreater(counts["abandoned"], 0)

    def test_with_a_process_that_never_answers(self):
        command = self.program("sleeps", f"echo $x >> {self.seen}", "sleep 1000")
        process = self.start(f"""
  - uses: exec
    with: {{ command: {command} }}
    workers: 2
""")
        self.until(self.has_seen("1\n"))
        counts, report = self.ends(process)
        self.assertEqual(counts["delivered"], 0)
        self.assertIn("gave up waiting: record 1 held all others", report)

    def test_with_calls_that_never_come_back(self):
        command = self.program("passes", f"echo $x >> {self.seen}", "echo $x")
        process = self.start(f"""
  - uses: exec
    with: {{ command: {command} }}
    workers: 1
  - name: pass
    uses: delay
    with: {{ for: 1ms }}
    workers: 1000
    order: none
""", "--chaos", "hang=0.5", "--chaos-stage", "pass")
        self.until(self.has_seen("\n20\n"))
        counts, _ = self.ends(process)
        self.assertEqual(set(counts) - {"delivered", "abandoned"}, set())

    def test_with_an_open_breaker(self):
        command = self.program("dies", "exit 1")
        process = self.start(f"""
  - uses: exec
    with: {{ command: {command} }}
    workers: 2
    breaker: {{ failures: 2, within: 1m, cooldown: 1h }}
    on_error: skip
""", "--errors", str(self.seen))
        self.until(self.has_seen('"kind":"breaker"'))
        counts, _ = self.ends(process)
        self.assertGreater(counts["skipped"], 0)

    def test_in_the_wait_for_a_rate(self):
        command = self.program("passes", f"echo $x >> {self.seen}", "echo $x")
        process = self.start(f"""
  - uses: exec
    with: {{ command: {command} }}
  - uses: delay
    with: {{ for: 1ms }}
    rate: 1/h
""")
        self.until(self.has_seen("2\n"))
        counts, _ = self.ends(process, signal.SIGINT)
        self.assertEqual(counts["delivered"], 0)
        self.assertGreater(counts["abandoned"], 0)

    def test_a_second_signal_ends_at_once(self):
        command = self.program("sleeps", f"echo $x >> {self.seen}", "sleep 1000")
        process = self.start(f"""
  - uses: exec
    with: {{ command: {command} }}
""", drain="1h")
        self.until(self.has_seen("0\n"))
        process.send_signal(signal.SIGTERM)
        # Two that are pending at the same time could come in any order.
        status = pathlib.Path(f"/proc/{process.pid}/status")
        self.until(lambda: re.search(r"(?m)^ShdPnd:\s*0+$", status.read_text()))
        counts, _ = self.ends(process, signal.SIGINT)
        self.assertGreater(counts["abandoned"], 0)

    def test_an_injected_kill_is_the_end_of_the_process(self):
        process = self.start("""
  - uses: delay
    with: { for: 1ms }
""", "--chaos", "kill=1")
        process.communicate(timeout=PATIENCE)
        self.assertEqual(process.returncode, -signal.SIGKILL)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
