"""W4: lines that wait, each as long as it says, and must come out in order. Beside the time of the
whole process: its CPU seconds, and the most memory that it ever had."""

import filecmp
import heapq
import os
import random
import statistics
import subprocess
import time
from pathlib import Path

from contest import BENCH, Contestant, note, present, take_turns, verdict


class Job:
    """So many lines, and how many of them may wait at the same time."""

    def __init__(self, title, waits, width, target=None, threads=True, memory="256MiB"):
        self.title = title
        self.waits = waits  # Milliseconds.
        self.width = width
        self.target = target  # Times the floor.
        self.threads = threads  # Whether so many threads can be had.
        self.memory = memory

    def floor(self):
        """Milliseconds if permits go to the oldest line and nothing else costs time."""
        ends, last = [], 0.0
        for wait in self.waits:
            begin = heapq.heappop(ends) if len(ends) == self.width else 0.0
            heapq.heappush(ends, begin + wait)
            last = max(last, begin + wait)
        return last


def random_waits(count):
    """1 to 100 ms, the longest 100.0."""
    numbers = random.Random(7)
    waits = [round(numbers.uniform(1, 100), 3) for _ in range(count)]
    waits[waits.index(max(waits))] = 100.0
    return waits


def jobs(quick):
    waits = random_waits(1000)
    many = 20_000 if quick else 100_000
    return [
        Job("1,000 waits of 1 to 100 ms, all at once", waits, 1000, 1.01),
        Job("1,000 waits of 1 to 100 ms, 64 at once", waits, 64, 1.013),
        Job(f"{many:,} waits of 1 ms, 1,000 at once", [1.0] * many, 1000, 1.3),
        Job(f"{many:,} waits of 1 s, all at once", [1000.0] * many, many, None, False, "1GiB"),
    ]


def contestants_of(options, job, source):
    programs, width = options.programs, job.width
    files = ["--input", str(source), "--output", "{output}"]

    def peer(name, program, mode, *more):
        path = f"{programs}/{program}"
        return Contestant(name, [path, mode, *files, *map(str, more)], [path])

    rows = [peer("hand, a heap", "hand_w4", "heap", "--width", width)]
    if job.threads:
        rows.append(peer("a thread a wait", "hand_w4", "threads", "--width", width))
    go = ("--width", width, "--threads", options.threads)
    rows.append(peer("Go, map", "go_peer", "W4", "--pattern", "map", *go))
    # Beside those in the channel, its writer and its reader hold one each.
    for window in [width, 2 * width] if width < len(job.waits) else [width + 2]:
        label = f", window {window:,}" if width < len(job.waits) else ""
        rows.append(peer("Go, channels" + label, "go_peer", "W4", "--pattern", "channels",
                         "--window", window, *go))
    path = f"{programs}/weir_bench"
    records = max(100_000, 2 * len(job.waits))
    rows.append(Contestant("**weir**", [path, f"{BENCH}/w4.yaml", *files, "--workers", str(width),
                                        "--records", str(records), "--memory", job.memory,
                                        "--threads", str(options.threads)], [path]))
    for row in rows:
        row.inside, row.cpu = [], []
    return rows


def run_once(contestant, source, output):
    output.unlink(missing_ok=True)
    command = [word.replace("{output}", str(output)) for word in contestant.command]
    start = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    out, err = child.stdout.read(), child.stderr.read()
    _, status, used = os.wait4(child.pid, 0)
    seconds = time.perf_counter() - start
    child.returncode = os.waitstatus_to_exitcode(status)
    child.stdout.close()
    child.stderr.close()
    if child.returncode != 0:
        return (err.decode(errors="replace").strip() or f"exit code {child.returncode}").split("\n")[0]
    if not filecmp.cmp(source, output, shallow=False):
        return f"its output is not complete and in order, see {output}"
    inside, _, _, rss = out.split()
    contestant.seconds.append(seconds)
    contestant.inside.append(float(inside))
    contestant.cpu.append(used.ru_utime + used.ru_stime)
    contestant.rss = max(contestant.rss, int(rss))
    return None


def waits(options):
    lines = ["## W4 waits, in order", "", "Milliseconds in the program (from its first line of "
             "input to its last of output) and of the whole process."]
    failed = False
    for number, job in enumerate(jobs(options.quick)):
        note(f"W4: {job.title}")
        source = Path(options.directory) / f"waits-{number}.csv"
        source.write_text("".join(f"{i},{wait}\n" for i, wait in enumerate(job.waits)))
        output = Path(options.directory) / "waits-output.csv"
        rows, bad = take_turns(present(contestants_of(options, job, source)), options.rounds,
                               lambda row: run_once(row, source, output))
        failed = failed or bad
        lines += ["", *table(job, rows)]
    return lines, failed


def table(job, rows):
    floor = job.floor()
    lines = [f"### {job.title}", "", f"One after the other: {sum(job.waits) / 1000:,.1f} s. Floor: "
             f"{floor:,.1f} ms.", "",
             "| | in the program | to the floor | process | CPU, ms | peak RSS, MB | spread |",
             "|---|---:|---:|---:|---:|---:|---:|"]
    for row in sorted(rows, key=inside_ms):
        lines.append(f"| {row.name} | {inside_ms(row):,.1f} | {inside_ms(row) / floor:.2f} | "
                     f"{row.median * 1e3:,.1f} | {cpu_ms(row):,.1f} | {row.rss / 1024:,.0f} | "
                     f"{row.spread:.0%} |")
    lines.append("")
    if job.target:
        lines.append(verdict(rows, lambda r: inside_ms(r) / floor, job.target, lambda a, b: a <= b,
                             f"at most {job.target} times the floor in the program"))
    go = [cpu_ms(row) for row in rows if row.name.startswith("Go")]
    if go:
        lines.append(verdict(rows, lambda r: cpu_ms(r) / min(go), 2, lambda a, b: a <= b,
                             "no more than twice the CPU of the most frugal Go program"))
    return lines


def inside_ms(row):
    return statistics.median(row.inside) * 1e3


def cpu_ms(row):
    return statistics.median(row.cpu) * 1e3
