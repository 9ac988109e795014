#!/usr/bin/env python3
"""Measures what a path of their own for slow records does to the time that the others take.

Records wait for 1 ms, one in a hundred for 100 ms, at half the load that 64 workers can carry.
`one path`: all of them pass one stage in order, with 64 workers. `two paths`: a route sends those
that will be slow to a stage of their own with `order: none`; each path has 32 workers and a sink.
Prints the time from source to sink at some percentiles, in ms; medians of the rounds.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

PERCENTILES = ["p50", "p90", "p99", "p99.9", "max"]
SOURCE = """\
limits: {{ threads: 2 }}
stages:
  - name: read
    uses: bench.records
    with: {{ items: {items}, rate: 16000, wait: 1 }}
"""
ONE = SOURCE + """\
  - uses: delay
    workers: 64
    with: {{ field: wait }}
  - uses: bench.latency
"""
TWO = SOURCE + """\
  - name: cost
    uses: route
    with:
      ports:
        - {{ port: slow, where: wait > 10 }}
        - {{ port: fast }}
  - name: fast
    uses: delay
    from: cost.fast
    workers: 32
    with: {{ field: wait }}
  - uses: bench.latency
  - name: slow
    uses: delay
    from: cost.slow
    workers: 32
    order: none
    with: {{ field: wait }}
  - uses: bench.latency
"""


def run(program, text, items):
    """By sink, how many records came and their percentiles in ms."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "paths.yaml"
        path.write_text(text.format(items=items))
        done = subprocess.run([program, str(path)], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(done.stderr.strip() or f"{program} ended with {done.returncode}")
    sinks = []
    for line in done.stdout.splitlines():
        _, count, _, inversions, _, _, *latencies = line.split()
        sinks.append((int(count), int(inversions), [int(ns) / 1e6 for ns in latencies]))
    if sum(count for count, _, _ in sinks) != items:
        sys.exit("records are missing in the output")
    # The stages stand in the order of the plan: the path of the first port comes first.
    return sorted(sinks, key=lambda sink: -sink[0])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--programs", default="build/release/bench")
    parser.add_argument("--items", type=int, default=40_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    program = f"{options.programs}/weir_bench"
    rounds = [(run(program, ONE, options.items), run(program, TWO, options.items))
              for _ in range(options.rounds)]
    if any(one[0][1] or two[0][1] for one, two in rounds):
        sys.exit("a path that keeps the order has lost it")
    rows = {"one path": [one[0][2] for one, _ in rounds],
            "two paths, fast": [two[0][2] for _, two in rounds],
            "two paths, slow": [two[1][2] for _, two in rounds]}
    print("| ms | " + " | ".join(PERCENTILES) + " |")
    print("|---|" + "---|" * len(PERCENTILES))
    for name, runs in rows.items():
        medians = [statistics.median(column) for column in zip(*runs)]
        print(f"| {name} | " + " | ".join(f"{ms:.1f}" for ms in medians) + " |")


if __name__ == "__main__":
    main()
