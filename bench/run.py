#!/usr/bin/env python3
"""Measures weir and its peers side by side and prints a Markdown table.

Contestants take turns within each round, so that what the machine does meanwhile hits them alike;
the table has medians. Every result is checked: W1 to W3 by a sum that another order would change,
W4 and W5 byte by byte. What is not installed or not built is left out, with a line that says so.
"""

import argparse
import os
import platform
import sys
from pathlib import Path

sys.dont_write_bytecode = True

from contest import missing, note  # noqa: E402
from ints import efficiency, overhead  # noqa: E402
from text import text  # noqa: E402
from waits import waits  # noqa: E402


def machine(options):
    model = platform.processor() or platform.machine()
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
            break
    build = "unknown build type"
    for directory in Path(options.programs).resolve().parents:
        cache = directory / "CMakeCache.txt"
        if cache.exists():
            for line in cache.read_text().splitlines():
                if line.startswith("CMAKE_BUILD_TYPE:"):
                    build = (line.split("=", 1)[1] or "no") + " build"
            break
    if "Release" not in build:
        note(f"These are no true figures: {build}, not a Release build.")
    return (f"{model}, {options.threads} threads; Linux {platform.release().split('-')[0]}; {build}; "
            f"medians of {options.rounds} rounds; spread is (max - min) / median.")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--programs", required=True, help="folder of the built programs")
    parser.add_argument("--directory", help="folder for input and output; the programs' folder")
    parser.add_argument("--markdown", help="write the tables to this file too")
    parser.add_argument("--only", nargs="+", choices=["W1", "W2", "W3", "W4", "W5"])
    parser.add_argument("--rounds", type=int, help="5, or 3 with --quick")
    parser.add_argument("--size", type=int, help="bytes of input of W5; 1 GB, or 64 MB with --quick")
    parser.add_argument("--quick", action="store_true", help="a look in a minute")
    options = parser.parse_args()
    options.threads = len(os.sched_getaffinity(0))
    options.directory = options.directory or options.programs
    options.rounds = options.rounds or (3 if options.quick else 5)
    return options


def main():
    options = arguments()
    absent = missing([f"{options.programs}/{p}" for p in ("hand", "hand_w4", "hand_w5", "make_log")])
    if absent:
        sys.exit(f"not built: {', '.join(absent)}")
    workloads = {
        "W1": lambda: overhead(options),
        "W2": lambda: efficiency(options, "W2", "W2 grain", [1, 16], [64],
                                 [(1, 0.9), (10, 0.98)]),
        "W3": lambda: efficiency(options, "W3", "W3 skew: one item in 100 costs 100 times", [1],
                                 [64, 256], [(1, 0.95), (10, 0.98)]),
        "W4": lambda: waits(options),
        "W5": lambda: text(options),
    }
    lines = ["# Measured", "", machine(options)]
    failed = False
    for name, measure in workloads.items():
        if options.only and name not in options.only:
            continue
        table, bad = measure()
        lines += ["", *table]
        failed = failed or bad
    print("\n".join(lines))
    if options.markdown:
        Path(options.markdown).write_text("\n".join(lines) + "\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
