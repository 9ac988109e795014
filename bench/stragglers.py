#!/usr/bin/env python3
"""Measures what order costs when one record in a hundred takes a hundred times as long.

For `order: input`, `key` and `none`, with stages that compute and stages that wait: throughput
against the ideal, the time from source to sink, and throughput against the records in flight.
Writes the figures into docs/ordering.md between its markers, and the plots beside it.
Every run is checked: complete, and in the order that it promises.
"""

import argparse
import heapq
import os
import statistics
import subprocess
import sys
from pathlib import Path

sys.dont_write_bytecode = True

from contest import BENCH, note  # noqa: E402
from svg_plot import Axis, Panel, svg  # noqa: E402

ORDERS = ["input", "key", "none"]
PERCENTILES = ["50", "90", "99", "99.9", "100"]
KEYS = 1000
HEAVY = 100
LOAD = 0.5  # Of the ideal throughput, where the time in the pipeline is measured.
BEGIN, END = "<!-- figures:begin -->", "<!-- figures:end -->"

PIPELINE = """\
name: stragglers
limits: {{ records: {records}, memory: 1GiB, threads: {threads} }}
stages:
  - uses: bench.records
    with: {{ items: {items}, rate: {rate}, keys: {keys}, wait: {wait} }}
  - uses: {uses}
    with: {{ {options} }}
{keys_of_stage}
  - uses: bench.latency
"""


def is_heavy(item):
    """As in burn.h."""
    mask = 2**64 - 1
    item = (item ^ (item >> 30)) * 0xBF58476D1CE4E5B9 & mask
    item = (item ^ (item >> 27)) * 0x94D049BB133111EB & mask
    return (item ^ (item >> 31)) % 100 == 0


class Job:
    """Records that compute for `base` microseconds, or wait, `workers` of them at the same time."""

    def __init__(self, title, base, items, workers=0):
        self.title, self.base, self.items, self.workers = title, base, items, workers
        self.heavy = sum(map(is_heavy, range(items)))
        self.ideal = 0.0  # Seconds.

    def fastest(self, options):
        """The time that nothing could beat: all workers busy to the end."""
        if self.workers:
            work = self.base * 1e-6 * (self.items + (HEAVY - 1) * self.heavy)
            return max(work / self.workers, HEAVY * self.base * 1e-6)
        serial = [f"{options.programs}/hand", "W3", "--items", str(self.items), "--spin",
                  str(spin_for(options, self.base)), "--threads", "1"]
        times = [float(output_of(serial).split()[0]) for _ in range(options.rounds)]
        return statistics.median(times) / options.threads

    def pipeline(self, options, order, rate, records):
        lines = []
        if self.workers:
            uses, stage = "delay", "field: wait"
            lines.append(f"workers: {self.workers}")
        else:
            uses, stage = "bench.spin", f"spin: {spin_for(options, self.base)}"
        if order == "key":
            lines.append("key: k")
        lines.append(f"order: {order}")
        return PIPELINE.format(records=records, threads=options.threads, items=self.items,
                               rate=rate, keys=KEYS, uses=uses, options=stage,
                               wait=self.base / 1000 if self.workers else 0,
                               keys_of_stage="\n".join(f"    {line}" for line in lines))


class Measured:
    """The runs of one configuration."""

    def __init__(self):
        self.seconds, self.latencies = [], []

    @property
    def median(self):
        return statistics.median(self.seconds)

    def latency(self, number):
        """Seconds."""
        return statistics.median(run[number] for run in self.latencies) / 1e9


def output_of(command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}: {done.stderr.strip() or done.returncode}")
    return done.stdout


SPINS = {}


def spin_for(options, us):
    if us not in SPINS:
        SPINS[us] = int(output_of([f"{options.programs}/hand", "calibrate", "--ns",
                                   str(int(1000 * us))]))
    return SPINS[us]


def run(options, job, order, rate=0, records=100_000):
    """[seconds, latencies in ns]; None: it failed; empty: so few records in flight are refused."""
    path = Path(options.directory) / "stragglers.yaml"
    path.write_text(job.pipeline(options, order, rate, records))
    done = subprocess.run([f"{options.programs}/weir_bench", str(path), "--threads",
                           str(options.threads)], capture_output=True, text=True, check=False)
    if done.returncode == 2 and records < 100_000:
        note(f"  {order}: limits.records of {records} is refused")
        return ()
    if done.returncode != 0:
        note(f"  {order}: FAILED, {(done.stderr.strip() or str(done.returncode)).splitlines()[0]}")
        return None
    seconds, items, complete, inversions, within_keys, _, *latencies = done.stdout.split()
    ordered = {"input": inversions == "0", "key": within_keys == "0", "none": True}[order]
    if int(items) != job.items or complete != "1" or not ordered:
        note(f"  {order}: FAILED, its output is not what it should be: {done.stdout.strip()}")
        return None
    return float(seconds), [int(latency) for latency in latencies]


def measure(options, job, configurations):
    """{configuration: Measured}; they take turns. A configuration: what run() takes."""
    measured = {}
    broken = set()
    for _ in range(options.rounds):
        for configuration in configurations:
            if configuration in broken:
                continue
            result = run(options, job, *configuration)
            if not result:
                broken.add(configuration)
                measured.pop(configuration, None)
                options.failed = options.failed or result is None
                continue
            runs = measured.setdefault(configuration, Measured())
            runs.seconds.append(result[0])
            runs.latencies.append(result[1])
    return measured


def simulated(job, window):
    """Efficiency with `order: input` and so many records in flight, if nothing else took time."""
    times = [job.base * 1e-6 * (HEAVY if is_heavy(item) else 1) for item in range(job.items)]
    busy, done, left, now = [], {}, 0, 0.0
    for item, time in enumerate(times):
        while len(busy) == job.workers or item - left >= window:
            now, ended = heapq.heappop(busy)
            done[ended] = True
            while done.pop(left, False):
                left += 1
        heapq.heappush(busy, (now + time, item))
    return job.ideal / max(end for end, _ in busy)


def shown(seconds):
    if seconds < 1e-3:
        return f"{seconds * 1e6:,.0f} us"
    return f"{seconds * 1e3:,.3g} ms" if seconds < 1 else f"{seconds:,.2f} s"


def orders(options, jobs):
    """The table of throughput and time in the pipeline, and a panel for each job."""
    lines = ["| | order | throughput, records/s | of the ideal | "
             f"p50 at {LOAD:.0%} load | p99 | p99.9 |", "|---|---|---:|---:|---:|---:|---:|"]
    panels = []
    for job in jobs:
        note(job.title)
        job.ideal = job.fastest(options)
        rate = int(LOAD * job.items / job.ideal)
        full = measure(options, job, [(order,) for order in ORDERS])
        paced = measure(options, job, [(order, rate) for order in ORDERS])
        curves = {}
        for order in ORDERS:
            if (order,) not in full or (order, rate) not in paced:
                continue
            speed, latency = full[order,], paced[order, rate].latency
            lines.append(f"| {job.title} | `{order}` | {job.items / speed.median:,.0f} | "
                         f"{job.ideal / speed.median:.2f} | {shown(latency(0))} | "
                         f"{shown(latency(2))} | {shown(latency(3))} |")
            curves[f"order: {order}"] = [(p, latency(n) * 1e3) for n, p in enumerate(PERCENTILES)]
        if curves:
            panels.append(Panel(job.title, Axis("percentile of records", names=PERCENTILES),
                                Axis("source to sink, ms", log=True), curves))
    return lines, panels


def windows(options, jobs):
    """Panels of efficiency against the records in flight."""
    panels = []
    for job in jobs:
        note(f"{job.title}: limits.records")
        job.ideal = job.fastest(options)
        sizes = [job.workers * 2**n for n in range(1, 9, 2 if options.quick else 1)]
        measured = measure(options, job, [(order, 0, size) for size in sizes for order in ORDERS])
        curves = {f"order: {order}": [(size, job.ideal / measured[order, 0, size].median)
                                      for size in sizes if (order, 0, size) in measured]
                  for order in ORDERS}
        curves["input, simulated"] = [(size, simulated(job, size)) for size in sizes]
        ticks = sizes[:: 1 if options.quick else 2]
        panels.append(Panel(job.title, Axis("limits.records", sizes[0], sizes[-1], log=True,
                                            show=lambda v: f"{v:,.0f}", ticks=ticks),
                            Axis("throughput, of the ideal", 0, 1,
                                 show=lambda value: f"{value:.1f}"),
                            {name: line for name, line in curves.items() if line},
                            dashed=("input, simulated",)))
    return panels


def simulations(cores, windows_a_core):
    """A table: what a window is worth where one record in a hundred takes a hundred times as long."""
    lines = ["Simulated, `order: input`: the share of the processor that is used.", "",
             "| records in flight, a core | " + " | ".join(f"{n} cores" for n in cores) + " |",
             "|---:|" + "---:|" * len(cores)]
    for window in windows_a_core:
        cells = []
        for n in cores:
            job = Job("", 1, 20_000 * n, n)
            job.ideal = job.fastest(None)
            cells.append(f"{simulated(job, window * n):.2f}")
        lines.append(f"| {window:,} | " + " | ".join(cells) + " |")
    return lines


def fill(page, lines):
    text = page.read_text()
    before, rest = text.split(BEGIN)
    _, after = rest.split(END)
    page.write_text(before + "\n".join([BEGIN, "", *lines, "", END]) + after)


def machine(options):
    model = next((line.split(":", 1)[1].strip() for line in
                  Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")),
                 "unknown processor")
    return (f"Medians of {options.rounds} runs, {model}, {options.threads} threads; made by "
            "`bench/stragglers.py`. Ratios are what to trust.")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--programs", required=True, help="folder of the built programs")
    parser.add_argument("--directory", help="for pipelines; the programs' folder")
    parser.add_argument("--docs", default=str(BENCH.parent / "docs"),
                        help="folder of ordering.md, for figures and plots")
    parser.add_argument("--rounds", type=int, help="3, or 1 with --quick")
    parser.add_argument("--quick", action="store_true", help="a look; small inputs")
    options = parser.parse_args()
    options.directory = options.directory or options.programs
    options.rounds = options.rounds or (1 if options.quick else 3)
    options.threads = len(os.sched_getaffinity(0))
    options.failed = False
    return options


def main():
    options = arguments()
    scale = 4 if options.quick else 1
    computing = [Job("1 us of work", 1, 1_000_000 // scale),
                 Job("10 us of work", 10, 200_000 // scale)]
    waiting = [Job(f"1 ms of waiting, {width} at once", 1000, 640 * width // scale, width)
               for width in (64, 256)]
    table, latency_panels = orders(options, computing + waiting)
    window_panels = windows(options, [Job(job.title, job.base, job.items // 2, job.workers)
                                      for job in waiting])
    lines = [machine(options), "", *table]
    docs = Path(options.docs)
    if options.failed:
        print("\n".join(lines))
        sys.exit("Not all could be measured: the documentation stays as it is.")
    for name, panels, about in [
            ("stragglers-latency", latency_panels, "Time from source to sink, by percentile"),
            ("stragglers-window", window_panels, "Throughput against the records in flight")]:
        (docs / f"{name}.svg").write_text(svg(panels, about))
        lines += ["", f"![{about}, for each order.]({name}.svg)"]
    lines += ["", *simulations([2, 8, 32], [8, 16, 32, 64, 128, 256])]
    fill(docs / "ordering.md", lines)
    print("\n".join(lines))


if __name__ == "__main__":
    main()
