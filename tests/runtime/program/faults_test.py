"""Whatever call the system refuses, a run ends by itself, with an exit code of ours, and its
output is a prefix of what it would have been.

Usage: faults_test.py WEIR FAULTS.so PLUGINS [KIND [FIRST [LAST [STEP]]]]

Without KIND, a spread of calls of each kind; with KIND, all of them or those of the range.
"""

import os
import pathlib
import re
import struct
import subprocess
import sys
import tempfile
import time
import unittest

WEIR, FAULTS, PLUGINS = sys.argv[1:4]
KINDS = ("malloc", "mmap", "thread", "read", "write", "open", "fd")
PATIENCE = 120  # Seconds; an engine that does not start is given up after 30.
SPREAD = int(os.environ.get("WEIR_FAULTS_SPREAD", "12"))  # Calls of each kind, pipeline and way.
OUTCOMES = ("delivered", "filtered", "aggregated", "skipped", "dead_lettered", "shed", "abandoned")

PIPELINES = {
    # Ranges of a file, LuaJIT, a fused segment.
    "lines": """
limits: { threads: 2, drain: 2s }
stages:
  - { uses: file.read, with: { path: "INPUT" } }
  - { uses: json.parse }
  - { uses: filter, with: { where: "n % 3 ~= 1" } }
  - { uses: set, with: { fields: { name: "'x' .. n" } } }
  - { uses: lua, with: { code: "fields.twice = fields.n * 2" } }
  - { uses: json.format }
  - { uses: file.write, with: { path: "OUTPUT" } }
""",
    # The event loop, threads of calls, state, a queue.
    "calls": """
limits: { threads: 2, drain: 2s, records: 100 }
stages:
  - { uses: generate, with: { count: 300, format: text, text: "{n}" } }
  - { uses: delay, with: { for: 100us }, workers: 8, timeout: 10s }
  - { uses: regex.match, with: { pattern: '^(?P<n>\\d+)$' }, timeout: 10s, workers: 3 }
  - { uses: dedupe, key: n }
  - { uses: file.write, with: { path: "OUTPUT" }, queue: { records: 20 } }
""",
    # Children, a fork and a merge, a pool of its own.
    "graph": """
limits: { threads: 2, drain: 2s }
shared: { pools: { own: { threads: 2 } } }
stages:
  - { uses: file.read, with: { path: "INPUT" } }
  - { name: child, uses: exec, with: { command: [cat] }, workers: 2 }
  - { name: parse, uses: json.parse, from: child, pool: own }
  - { name: pass, uses: filter, from: child, with: { where: "true" } }
  - { name: text, uses: json.format, from: parse }
  - { uses: take, from: [text, pass], with: { count: 500 } }
  - { uses: file.write, with: { path: "OUTPUT" } }
""",
}


class Faults:
    """One pipeline, run again and again."""

    def __init__(self, name, folder):
        self.name = name
        self.output = folder / f"{name}.out"
        self.partial = folder / f"{name}.out.partial"
        self.count_file = folder / f"{name}.count"
        source = folder / f"{name}.in"
        source.write_text("".join(f'{{"n":{i},"pad":"{"y" * (i % 50)}"}}\n' for i in range(300)))
        self.file = folder / f"{name}.yaml"
        self.file.write_text(PIPELINES[name].replace("INPUT", str(source))
                             .replace("OUTPUT", str(self.output)))
        code, report = self.run("")
        assert code == 0, report
        self.whole = self.output.read_bytes()
        assert self.whole, report
        self.counts = dict(zip(KINDS, struct.unpack("7L", self.count_file.read_bytes())))

    def run(self, fault):
        for path in (self.output, self.partial):
            path.unlink(missing_ok=True)
        process = subprocess.Popen(
            [WEIR, "run", str(self.file)], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, text=True, errors="replace",
            env={**os.environ, "LD_PRELOAD": FAULTS, "WEIR_FAULT": fault,
                 "WEIR_FAULT_COUNT": str(self.count_file)})
        try:
            _, report = process.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            _, report = process.communicate()
            return "it hung", report
        return process.returncode, report

    def problem(self, fault):
        """What is wrong with how a run ends after the fault; nothing if all is right."""
        code, report = self.run(fault)
        if code not in (0, 1, 2):
            return f"{self.name} {fault}: exit {code}\n{report}"
        if self.output.exists():
            if code == 0 and self.output.read_bytes() != self.whole:
                return f"{self.name} {fault}: exit 0, but another output\n{report}"
            if code == 2:
                return f"{self.name} {fault}: exit 2, but an output\n{report}"
        elif code == 0:
            return f"{self.name} {fault}: exit 0, but no output\n{report}"
        if self.partial.exists() and not self.whole.startswith(self.partial.read_bytes()):
            return f"{self.name} {fault}: the partial output is no prefix\n{report}"
        if code == 1 and not report.strip():
            # Writing the report is what failed.
            if not fault.startswith("write"):
                return f"{self.name} {fault}: not a word"
        counts = {name: int(count.replace(",", "")) for name, count in
                  re.findall(rf"(?m)^  (read|{'|'.join(OUTCOMES)}) +([\d,]+)", report)}
        if len(counts) > 1 and counts.pop("read") != sum(counts.values()):
            return f"{self.name} {fault}: the sums differ\n{report}"
        return None


def spread(count):
    """Some of 1 to count: the first few, and more and more apart."""
    if count <= SPREAD:
        return list(range(1, count + 1))
    step = count / SPREAD
    return sorted({1, 2, count} | {int(1 + i * step) for i in range(SPREAD)})


class FaultsTest(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def test_each_refused_call_ends_in_a_report_or_is_got_over(self):
        problems = []
        for name in PIPELINES:
            runs = Faults(name, self.folder)
            for kind in KINDS:
                self.assertGreater(runs.counts[kind], 0, kind)
                for n in spread(runs.counts[kind]):
                    # Of threads that all are refused, nothing is left to see after the first.
                    for suffix in ("",) if kind == "thread" else ("", "+"):
                        if problem := runs.problem(f"{kind}:{n}{suffix}"):
                            problems.append(problem)
        self.assertEqual(problems, [])


    def test_an_exception_passes_the_c_library_where_there_is_no_memory(self):
        file = self.folder / "starved.yaml"
        file.write_text(f"""plugins: [{PLUGINS}/strangers.so]
stages:
  - uses: generate
    with: {{ count: 3, format: text, text: x }}
  - uses: stranger.starved
    on_error: skip
  - {{ uses: file.write, with: {{ path: "-" }} }}
""")
        done = subprocess.run([WEIR, "run", str(file)], env={**os.environ, "LD_PRELOAD": FAULTS},
                              capture_output=True, text=True, timeout=PATIENCE, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stderr, r"skipped +3")


def by_hand(kind, first=1, last=None, step=1):
    """All calls of a kind, for who has the time."""
    with tempfile.TemporaryDirectory() as folder:
        failed = 0
        for name in PIPELINES:
            runs = Faults(name, pathlib.Path(folder))
            end = min(last or runs.counts[kind], runs.counts[kind])
            start = time.monotonic()
            for n in range(first, end + 1, step):
                for suffix in ("", "+"):
                    if problem := runs.problem(f"{kind}:{n}{suffix}"):
                        failed += 1
                        print(problem, flush=True)
            print(f"{name}: {kind} {first} to {end} of {runs.counts[kind]} by {step} in "
                  f"{time.monotonic() - start:.0f} s", flush=True)
        print(f"{failed} failed")
        sys.exit(failed > 0)


if __name__ == "__main__":
    if len(sys.argv) > 4:
        by_hand(sys.argv[4], *(int(word) for word in sys.argv[5:]))
    unittest.main(argv=sys.argv[:1])
