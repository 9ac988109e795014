#!/usr/bin/env python3
"""Measures what `lookup` takes for a record beside a table of 1,000,000 rows, keys in random order, on
one thread, and what a search in an std::unordered_map of the same keys takes.

The CPU time of two runs with `lookup` less that of two without: the reading of the table, the
start and the end cancel out.

Usage: lookup.py WEIR [HASH_PROBE]    HASH_PROBE is build/release/bench/hash_probe
"""

import os
import random
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROWS = 1_000_000
FEW, MANY = 400_000, 2_000_000
ROUNDS = 7
LOOKUP = "  - uses: lookup\n    with: { path: table.csv, by: user, columns: [name, plan] }\n"


def make(folder):
    draw = random.Random(1)
    with open(folder / "table.csv", "w", encoding="ascii") as out:
        out.write("user,name,plan\n")
        out.writelines(f"{n},name{n},{'pro' if n % 3 else 'free'}\n" for n in range(ROWS))
    for records in (FEW, MANY):
        with open(folder / f"{records}.csv", "w", encoding="ascii") as out:
            out.write("id,user\n")
            out.writelines(f"{n},{draw.randrange(ROWS)}\n" for n in range(records))
        for name, stage in (("with", LOOKUP), ("without", "")):
            (folder / f"{name}-{records}.yaml").write_text(
                "limits: { memory: 1GiB, state: 512MiB }\nstages:\n"
                f"  - uses: file.read\n    with: {{ path: {records}.csv }}\n  - uses: csv.parse\n"
                f"{stage}  - uses: count\n  - uses: json.format\n"
                "  - uses: file.write\n    with: { path: out }\n")


def cpu_seconds(command, folder):
    child = subprocess.Popen(command, cwd=folder)
    _, status, used = os.wait4(child.pid, 0)
    if status != 0:
        sys.exit(f"{' '.join(command)}: failed")
    return used.ru_utime + used.ru_stime


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    weir = str(Path(sys.argv[1]).resolve())
    probe = str(Path(sys.argv[2]).resolve()) if len(sys.argv) > 2 else None
    found, alone = [], []
    with tempfile.TemporaryDirectory() as folder:
        make(Path(folder))
        for _ in range(ROUNDS):
            run = {name: cpu_seconds([weir, "run", "--quiet", "--threads", "1", f"{name}.yaml"], folder)
                   for name in (f"{kind}-{records}" for kind in ("with", "without")
                                for records in (FEW, MANY))}
            more = run[f"with-{MANY}"] - run[f"with-{FEW}"]
            rest = run[f"without-{MANY}"] - run[f"without-{FEW}"]
            found.append((more - rest) / (MANY - FEW) * 1e9)
            if probe:
                alone.append(float(subprocess.run([probe, str(ROWS), str(MANY - FEW)], check=True,
                                                  capture_output=True, text=True).stdout))
    print(f"lookup: {statistics.median(found):,.0f} ns a record")
    if probe:
        print(f"std::unordered_map: {statistics.median(alone):,.0f} ns a search")


if __name__ == "__main__":
    main()
