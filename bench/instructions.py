#!/usr/bin/env python3
"""Counts the instructions that eight pipelines take for a record, on one thread, and compares with
bench/instructions/table.txt: so that no change makes weir slower unnoticed.

    bench/instructions.py WEIR            compares; WEIR is build/release/bin/weir
    bench/instructions.py WEIR --update   writes the table

Exit code 0: all as the table says. 1: something takes 2 % more, or 2 % less. 2: there is no count.
3: skipped, since the table was measured with something else; the last line says what.

Less is a failure as well: the next change might take as much again without being noticed. So what
makes weir faster brings its table along.

A count says nothing of waiting, caches or several threads; run.py does. What makes it the same in
each run, to 0.6 % on a busy machine: the clock and chance of instructions/preload.cc instead of true
ones, since else the sizes of batches follow the clock and hash tables a secret (15 % between runs);
one core, where valgrind lets the threads take turns; the difference of two runs, in which start and
end cancel out. The waits of W4 are of 0 ms here: each record goes through a call, the timers and the
reorder buffer, but how many wait at a time follows from no clock.
"""

import argparse
import os
import queue
import shutil
import statistics
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.dont_write_bytecode = True

from contest import BENCH, missing, note  # noqa: E402
from counting import PIPELINES, Counter, Failed, cores  # noqa: E402
from measured_where import other_build, where  # noqa: E402

TABLE = BENCH / "instructions" / "table.txt"
TOLERANCE = 0.02
SKIPPED = 3
UPDATE = "make instructions-update"


def table_text(place, counts):
    lines = ["# Instructions a record takes, on one thread.", f"# Written by `{UPDATE}`.",
             f"measured with: {place}"]
    return "\n".join(lines + [f"{name:8}{count:10.1f}" for name, count in counts.items()]) + "\n"


def read_table(text):
    """(what it was measured with, {pipeline: instructions})"""
    place, counts = "", {}
    for line in text.splitlines():
        if line.startswith("measured with: "):
            place = line.split(": ", 1)[1]
        elif line and not line.startswith("#"):
            name, count = line.split()
            counts[name] = float(count)
    return place, counts


def drift(count, known):
    """By which share it is more; less is negative."""
    return count / known - 1


def drifted(count, known):
    return abs(drift(count, known)) > TOLERANCE


def difference(before, after):
    """What two lists of what was measured with have not in common."""
    before, after = before.split(", "), after.split(", ")
    return (f"{', '.join(one for one in before if one not in after) or 'nothing else'}; here: "
            f"{', '.join(one for one in after if one not in before) or 'nothing else'}")


def report(known, counts):
    """(lines, whether all is well)"""
    lines, good = [], known.keys() == counts.keys()
    if not good:
        lines.append(f"the table has other pipelines: {' '.join(known)}")
    for name, count in counts.items():
        if name not in known:
            continue
        bad = drifted(count, known[name])
        good = good and not bad
        more = "SLOWER" if count > known[name] else "FASTER"
        lines.append(f"{name:8}{known[name]:10.1f}{count:10.1f}{drift(count, known[name]):+8.2%}"
                     f"{'  ' + more if bad else ''}".rstrip())
    return lines, good


def measure_all(counter, known):
    """{pipeline: instructions}, on all cores. What is not as `known` says is measured three times,
    and the median taken."""
    free = queue.Queue()
    for core in cores():
        free.put(core)

    def measure(pipeline):
        core = free.get()
        try:
            counts = [counter.per_record(pipeline, core)]
            if pipeline.name not in known or drifted(counts[0], known[pipeline.name]):
                counts += [counter.per_record(pipeline, core) for _ in range(2)]
        finally:
            free.put(core)
        note(f"  {pipeline.name}: {', '.join(f'{count:.1f}' for count in counts)}")
        return statistics.median(counts)

    with ThreadPoolExecutor(len(cores())) as pool:
        return dict(zip([pipeline.name for pipeline in PIPELINES], pool.map(measure, PIPELINES)))


def compare(counter, place):
    was, known = read_table(TABLE.read_text())
    if was != place:
        print(f"instructions: the table was measured with {difference(was, place)}")
        return SKIPPED
    lines, good = report(known, measure_all(counter, known))
    print("\n".join([f"{'':8}{'table':>10}{'now':>10}", *lines]))
    if not good:
        print(f"Where they go: callgrind_annotate {os.path.relpath(counter.folder)}/NAME.callgrind. "
              f"If it is meant: `{UPDATE}`, and commit the table with the reason.")
    return 0 if good else 1


def update(counter, place):
    TABLE.write_text(table_text(place, measure_all(counter, {})))
    print(TABLE.read_text(), end="")
    return 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("weir", type=Path, help="build/release/bin/weir")
    parser.add_argument("--update", action="store_true", help="write the table")
    options = parser.parse_args()
    weir = options.weir.resolve()
    build = weir.parent.parent
    for tool in ("valgrind", "taskset", "ldd"):
        if not shutil.which(tool):
            print(f"instructions: no {tool} here: scripts/install-deps.sh ci")
            return SKIPPED
    absent = missing([str(weir), f"{build}/CMakeCache.txt", f"{build}/bench/weir_bench",
                      f"{build}/bench/preload.so"])
    if absent:
        print(f"instructions: not built: {', '.join(absent)}")
        return 2
    other = other_build(build)
    if other:
        print(f"instructions: not a build of the preset 'release': {other}")
        return 2 if options.update else SKIPPED
    try:
        return (update if options.update else compare)(Counter(weir), where(str(weir), build))
    except Failed as failed:
        print(f"instructions: {failed}")
        return 2


if __name__ == "__main__":
    sys.exit(main())
