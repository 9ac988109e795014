#!/usr/bin/env python3
"""Measures jobs that people do with data, by weir and by the tools that they would take instead.

Each row is a whole process: its start, the reading of its files and the writing of its output count.
Contestants take turns, medians are shown, and what they wrote is compared line by line, after
numbers were brought into one form. A run during which others work on the machine is repeated until
--patience is over; the table says how many were taken nevertheless. What takes over ten times as
long as weir runs once. What is not installed is left out: `apt-get install miller mawk jq parallel`,
`pip install duckdb-cli`.

Usage: jobs.py WEIR [--rounds N] [--only JOB ...] [--rows N] [--patience S] [--directory DIR]
"""

import argparse
import json
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
from itertools import zip_longest

sys.dont_write_bytecode = True

from contest import Contestant, note, present, take_turns  # noqa: E402
from job_list import JOBS  # noqa: E402
from quiet import Quiet  # noqa: E402


def cell(text):
    """A number in one form; "" is what is empty."""
    try:
        return f"{float(text):.6g}" if "." in text else text
    except ValueError:
        return "" if text == '""' else text


def line_of(text):
    if text.startswith("{"):
        return json.dumps(json.loads(text, parse_int=float), sort_keys=True)
    return ",".join(cell(one) for one in text.rstrip("\r").split(","))


def canonical(out, ordered):
    """What was written, each file by its name: that of DuckDB's parts is the name of their folder."""
    files = {}
    for path in [out] if out.is_file() else sorted(path for path in out.rglob("*") if path.is_file()):
        folder = path.parent.name.rpartition("=")
        lines = [line_of(line) for line in path.read_text(encoding="utf-8").splitlines()]
        files.setdefault("" if path == out else folder[2] if folder[1] else path.stem, []).extend(lines)
    return {name: lines if ordered else sorted(lines) for name, lines in files.items()}


def differs(wanted, found):
    """The first difference."""
    if wanted.keys() != found.keys():
        return f"files {sorted(wanted)}, {sorted(found)}"
    for name, lines in wanted.items():
        for number, (one, other) in enumerate(zip_longest(lines, found[name])):
            if one != other:
                return f"{name}:{number + 1}: {one!r}, {other!r}"
    return None


def contestants(job, options, folder):
    pipeline = folder / "job.yaml"

    def row(name, command, needs):
        made = Contestant(name, command, needs)
        made.cpu = []
        made.out = folder / f"{len(name)}-{name.strip('*').split()[0].strip(',')}.out"
        return made

    def filled(text, made):
        return text.replace("{dir}", str(folder)).replace("{out}", str(made.out))

    weir = row("**weir**", [options.weir, "run", "--quiet", str(pipeline)], [options.weir])
    pipeline.write_text("stages:" + filled(job.yaml, weir))
    rows = [weir]
    for name, command in job.peers.items():
        first = command[0] if isinstance(command, list) else command.split()[0]
        peer = row(name, None, [] if first == "for" else [first])
        peer.command = [filled(word, peer) for word in (
            command if isinstance(command, list) else ["sh", "-c", command])]
        rows.append(peer)
    return present(rows)


def clear(out, folder):
    shutil.rmtree(out, ignore_errors=True)
    out.unlink(missing_ok=True)
    if folder:
        out.mkdir()


def measure(job, options, folder):
    job.make(folder, options.rows)
    rows = contestants(job, options, folder)

    def once(contestant):
        if contestant.seconds and contestant.seconds[0] > 10 * max(rows[0].seconds):
            return None

        def run():
            clear(contestant.out, job.folder)
            done = subprocess.run(contestant.command, capture_output=True, text=True, check=False)
            return done.stderr.strip().split("\n")[-1] if done.returncode != 0 else None

        problem, seconds, cpu = options.quiet.measure(run)
        if not problem:
            contestant.seconds.append(seconds)
            contestant.cpu.append(cpu)
        return problem

    rows, failed = take_turns(rows, options.rounds, once)
    wanted = canonical(rows[0].out, job.ordered)
    for row in rows[1:]:
        difference = differs(wanted, canonical(row.out, job.ordered))
        if difference:
            note(f"  {row.name}: its output is not {rows[0].name}'s: {difference}")
            failed = True
    return rows, failed


def table(results):
    lines = ["| job | who | ms | to weir | CPU, ms | to weir |", "|---|---|---:|---:|---:|---:|"]
    for job, rows in results:
        for number, row in enumerate(rows):
            cpu = statistics.median(row.cpu)
            lines.append(f"| {job.name if number == 0 else ''} | {row.name} | {row.median * 1000:,.0f} | "
                         f"{row.median / rows[0].median:.2f} | {cpu * 1000:,.0f} | "
                         f"{cpu / statistics.median(rows[0].cpu):.2f} |")
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("weir")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--only", nargs="+", help="words of the names of jobs")
    parser.add_argument("--patience", type=float, default=30, help="seconds to wait for a quiet run")
    parser.add_argument("--directory", help="where files are made; a folder of its own without")
    options = parser.parse_args()
    options.weir = str(pathlib.Path(options.weir).resolve())
    options.quiet = Quiet(options.patience)
    results, failed = [], False
    for job in JOBS:
        if options.only and not any(word in job.name for word in options.only):
            continue
        note(job.name)
        with tempfile.TemporaryDirectory(dir=options.directory) as folder:
            rows, bad = measure(job, options, pathlib.Path(folder))
        results.append((job, rows))
        note("  " + ", ".join(f"{row.name} {row.median * 1000:,.0f} ms" for row in rows) +
             f"; disturbed {options.quiet.disturbed}")
        failed = failed or bad
    print(table(results))
    if options.quiet.disturbed:
        print(f"\n{options.quiet.disturbed} runs while others worked on the machine.")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
