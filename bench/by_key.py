#!/usr/bin/env python3
"""Measures what a file for each of 1,000 keys costs beside one file of all records.

A CSV file of short records, whose first column is the key, is read, parsed and written: into one
file, into one by its key, and into 1,000, with the keys at random and in runs. All of these take
turns; each row is a whole process, with the making and renaming of its files. Medians of CPU time
are shown, of all threads, user and system.

Usage: by_key.py WEIR [--rows N] [--rounds N] [--threads N] [--directory DIR]
"""

import argparse
import pathlib
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True

from contest import Contestant, note, take_turns  # noqa: E402

KEYS = 1000
LONGEST_RUN = 200


def write(path, keys):
    with open(path, "w", encoding="utf-8") as out:
        out.write("key,n,text\n")
        out.writelines(f"k{key:04},{n},some text of record {n % 977}\n"
                       for n, key in enumerate(keys))


def runs(draw, rows):
    while rows > 0:
        length = min(draw.randint(1, LONGEST_RUN), rows)
        yield from [draw.randrange(KEYS)] * length
        rows -= length


def pipeline(folder, keys, path):
    text = f"""stages:
  - uses: file.read
    with: {{ path: {folder}/{keys}.csv, framing: csv }}
  - uses: csv.parse
  - uses: file.write
    with: {{ path: '{folder}/out/{path}', max_open: {KEYS} }}
"""
    where = folder / f"{keys}-{'key' if '{' in path else 'all'}.yaml"
    where.write_text(text, encoding="utf-8")
    return where


def contestant(options, folder, name, keys, path):
    row = Contestant(name, [options.weir, "run", "--quiet", "--threads", str(options.threads),
                            str(pipeline(folder, keys, path))], [options.weir])
    row.size = (folder / f"{keys}.csv").stat().st_size - len("key,n,text\n")
    row.user = []
    return row


def once(row, out):
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(row.command, capture_output=True, text=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0:
        return done.stderr.strip().split("\n")[-1]
    size = sum(file.stat().st_size for file in out.iterdir())
    if size != row.size:
        return f"it wrote {size} bytes, not {row.size}"
    row.user.append(after.ru_utime - before.ru_utime)
    row.seconds.append(row.user[-1] + after.ru_stime - before.ru_stime)
    return None


def table(rows, count):
    lines = ["| | CPU, ns a record | of that, user | to one file |", "|---|---:|---:|---:|"]
    for row in rows:
        lines.append(f"| {row.name} | {row.median / count * 1e9:.0f} | "
                     f"{statistics.median(row.user) / count * 1e9:.0f} | "
                     f"{row.median / rows[0].median:.2f} |")
    return "\n".join(lines)


def measure(options, folder):
    draw = random.Random(1)
    write(folder / "random.csv", (draw.randrange(KEYS) for _ in range(options.rows)))
    write(folder / "runs.csv", runs(draw, options.rows))
    write(folder / "one.csv", [417] * options.rows)
    rows = [contestant(options, folder, *what) for what in (
        ("one file", "random", "all.csv"),
        ("a file for the one key", "one", "{key}.csv"),
        (f"{KEYS:,} files, keys in runs", "runs", "{key}.csv"),
        (f"{KEYS:,} files, keys at random", "random", "{key}.csv"))]
    return take_turns(rows, options.rounds, lambda row: once(row, folder / "out"))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("weir")
    parser.add_argument("--rows", type=int, default=5_000_000)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--directory", help="where files are made; a folder of its own without")
    options = parser.parse_args()
    options.weir = str(pathlib.Path(options.weir).resolve())
    folder = pathlib.Path(tempfile.mkdtemp(dir=options.directory))
    try:
        note(f"{options.rows:,} records, {options.threads} threads")
        rows, failed = measure(options, folder)
    finally:
        shutil.rmtree(folder)
    print(table(rows, options.rows))
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
