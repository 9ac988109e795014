#!/usr/bin/env python3
"""Measures jobs that people do with data, by weir and by the tools that they would take instead.

Each row is a whole process: its start, the reading of its files and the writing of its output count.
Contestants take turns, medians are shown, and what they wrote is compared line by line, after
numbers were brought into one form. What is not installed is left out. DuckDB is a Python package:
`pip install duckdb`; `apt-get install miller mawk jq parallel` has the others.

Usage: jobs.py WEIR [--rounds N] [--only JOB ...] [--rows N] [--directory DIR]
"""

import argparse
import gzip
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True

from contest import Contestant, note, present, take_turns  # noqa: E402

COUNTRIES = ["DE", "FR", "PT", "IT", "US", "JP", "BR", "IN"]


class Job:
    """A job: files to make, and who does it. `{dir}` in a command is the folder of the files, and
    `{out}` what it writes."""

    def __init__(self, name, make, yaml, peers, ordered=True):
        self.name = name
        self.make = make
        self.yaml = yaml
        self.peers = peers  # {name: shell command}; one that begins with "SELECT" is DuckDB's
        self.ordered = ordered


def write(path, lines):
    with open(path, "w", encoding="utf-8") as out:
        out.writelines(lines)


def orders(folder, rows):
    draw = random.Random(1)
    write(folder / "orders.csv", ["id,user,country,amount,note\n"] + [
        f"{n},{draw.randrange(1_000_000)},{draw.choice(COUNTRIES)},"
        f"{draw.randrange(100_000) / 100:.2f},note {n % 97} of the order\n" for n in range(rows)])
    write(folder / "users.csv", ["user,name,plan\n"] + [
        f"{n},name{n},{'pro' if n % 3 else 'free'}\n" for n in range(0, 1_000_000, 2)])


def access(folder, rows):
    draw = random.Random(2)
    base = 1_767_225_600
    with open(folder / "access.log", "w", encoding="utf-8") as out:
        for n in range(rows):
            at = time.gmtime(base + n // 100)
            out.write(f"10.0.{draw.randrange(256)}.{draw.randrange(256)} - - "
                      f"[{time.strftime('%d/%b/%Y:%H:%M:%S', at)} +0000] "
                      f"\"GET /item/{draw.randrange(20)} HTTP/1.1\" "
                      f"{draw.choice([200, 200, 200, 304, 404, 500])} {draw.randrange(10_000)} "
                      f"\"-\" \"curl/8\" {draw.randrange(2000) / 1000:.3f}\n")


def traces(folder, rows):
    draw = random.Random(3)
    with open(folder / "java.log", "w", encoding="utf-8") as out:
        for n in range(rows // 10):
            out.write(f"2026-01-31 12:{n // 60 % 60:02}:{n % 60:02} ERROR request {n}\n")
            for depth in range(draw.randrange(18)):
                out.write(f"\tat com.example.Service{depth}.call(Service{depth}.java:{depth})\n")


def many_gz(folder, rows):
    (folder / "gz").mkdir(exist_ok=True)
    draw = random.Random(4)
    for n in range(1000):
        text = "".join(f"{n} {i} {draw.random()}\n" for i in range(rows // 1000))
        with gzip.open(folder / "gz" / f"{n:04}.gz", "wt", compresslevel=1) as out:
            out.write(text)


def numbers(folder, rows):
    write(folder / "numbers.txt", [f"{n}\n" for n in range(min(rows, 4000))])


def pairs(folder, rows):
    draw = random.Random(5)
    write(folder / "pairs.txt", [
        f"id={n};country={draw.choice(COUNTRIES)};amount={draw.randrange(1000)};text=some words\n"
        for n in range(rows)])


JOBS = [
    Job("CSV: rows above a bound, three columns", orders, """
  - uses: file.read
    with: { path: "{dir}/orders.csv" }
  - uses: csv.parse
    with: { types: { amount: number } }
  - uses: filter
    with: { where: amount > 900 }
  - uses: csv.format
    with: { columns: [id, country, amount] }
""", {
        "Miller": "mlr --csv filter '$amount > 900' then cut -o -f id,country,amount {dir}/orders.csv > {out}",
        "mawk": "mawk -F, -v OFS=, 'NR == 1 || $4 > 900 {{ print $1, $3, $4 }}' {dir}/orders.csv > {out}",
        "DuckDB": "SELECT id, country, amount FROM '{dir}/orders.csv' WHERE amount > 900",
    }),
    Job("CSV: enriched from a table of 500,000 rows", orders, """
  - uses: file.read
    with: { path: "{dir}/orders.csv" }
  - uses: csv.parse
  - uses: lookup
    with: { path: "{dir}/users.csv", by: user, columns: [name, plan] }
  - uses: csv.format
    with: { columns: [id, user, amount, name, plan] }
""", {
        "Miller": "mlr --csv --ofs , join -u --ul -j user -f {dir}/users.csv --lp u_ then cat {dir}/orders.csv > /dev/null; "
                  "mlr --csv join --np --ur --lp l_ -j user -f {dir}/users.csv then unsparsify then cut -o -f id,user,amount,name,plan {dir}/orders.csv > {out}",
        "mawk": "mawk -F, -v OFS=, 'NR == FNR {{ name[$1] = $2; plan[$1] = $3; next }} "
                "FNR == 1 {{ print \"id,user,amount,name,plan\"; next }} "
                "{{ print $1, $2, $4, name[$2], plan[$2] }}' {dir}/users.csv {dir}/orders.csv > {out}",
        "DuckDB": "SELECT id, o.user, amount, name, plan FROM '{dir}/orders.csv' o "
                  "LEFT JOIN '{dir}/users.csv' u ON o.user = u.user ORDER BY id",
    }),
    Job("nginx log: requests, p50 and p99 a minute and path", access, """
  - uses: file.read
    with: { path: "{dir}/access.log" }
  - uses: access_log.parse
    with:
      format: '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent" $request_time'
      types: { request_time: number }
  - uses: window
    key: path
    with:
      every: 1m
      time: time
      aggregate: { hits: count, p50: p50(request_time), p99: p99(request_time) }
  - uses: csv.format
    with: { columns: [start, path, hits] }
""", {
        "DuckDB": "SELECT strftime(date_trunc('minute', t), '%Y-%m-%dT%H:%M:%SZ') AS start, path, hits FROM ("
                  "SELECT date_trunc('minute', strptime(l[2], '%d/%b/%Y:%H:%M:%S +0000')) AS t, l[3] AS path, count(*) AS hits, "
                  "quantile_disc(l[4]::DOUBLE, 0.5) AS p50, quantile_disc(l[4]::DOUBLE, 0.99) AS p99 FROM ("
                  "SELECT regexp_extract_all(line, '^(\\S+) - - \\[([^]]+)\\] \"GET (\\S+) [^\"]*\" \\d+ \\d+ \"[^\"]*\" \"[^\"]*\" (\\S+)$') AS x, "
                  "list_value(regexp_extract(line, '^(\\S+)', 1), regexp_extract(line, '\\[([^]]+)\\]', 1), "
                  "regexp_extract(line, 'GET (\\S+)', 1), regexp_extract(line, '(\\S+)$', 1)) AS l "
                  "FROM read_csv('{dir}/access.log', columns={{'line': 'VARCHAR'}}, delim='\\0', quote='', escape='', header=false)"
                  ") GROUP BY ALL)",
        "mawk, without percentiles": "mawk '{{ hits[substr($4, 2, 17) \" \" $7]++ }} "
                                     "END {{ for (k in hits) print k, hits[k] }}' {dir}/access.log > {out}.other",
    }, ordered=False),
    Job("Java stack traces: a record each, counted in lines", traces, """
  - uses: file.read
    with: { path: "{dir}/java.log", framing: { begin: '^[0-9]{4}-' } }
  - uses: set
    with:
      fields:
        lines: select('#', string.gsub(record.text, '\\n', '')) 
  - uses: regex.match
    with: { pattern: 'request (?P<request>[0-9]+)' }
  - uses: csv.format
    with: { columns: [request], header: false }
""", {
        "mawk": "mawk '/^[0-9][0-9][0-9][0-9]-/ {{ print $5 }}' {dir}/java.log > {out}",
    }),
    Job("1,000 gz files into one, with names", many_gz, """
  - uses: file.read
    with: { path: "{dir}/gz/*.gz" }
  - uses: text.format
    with: { template: "{record.path} {record.text}" }
""", {
        "a loop of zcat and sed": "for f in {dir}/gz/*.gz; do zcat $f | sed \"s|^|$f |\"; done > {out}",
        "parallel -k": "parallel --will-cite -k 'zcat {{}} | sed \"s|^|{{}} |\"' ::: {dir}/gz/*.gz > {out}",
    }),
    Job("key=value lines to CSV", pairs, """
  - uses: file.read
    with: { path: "{dir}/pairs.txt" }
  - uses: kv.parse
    with: { separator: ";" }
  - uses: csv.format
    with: { columns: [id, country, amount, text] }
""", {
        "Miller": "mlr --idkvp --ifs ';' --ocsv cat {dir}/pairs.txt > {out}",
        "mawk": "(echo id,country,amount,text; mawk -F'[;=]' -v OFS=, '{{ print $2, $4, $6, $8 }}' {dir}/pairs.txt) > {out}",
    }),
    Job("a process for each of 4,000 records", numbers, """
  - uses: file.read
    with: { path: "{dir}/numbers.txt" }
  - uses: exec
    with: { mode: once, command: [/bin/echo], args: ["{record.text}"], input: "" }
    workers: 2
""", {
        "xargs -P2 (no order)": "xargs -P2 -n1 /bin/echo < {dir}/numbers.txt > {out}",
        "parallel -k": "parallel --will-cite -k /bin/echo < {dir}/numbers.txt > {out}",
    }, ordered=False),
]


def canonical(path, ordered):
    """The lines of a file with its numbers in one form."""
    lines = []
    for line in path.read_text(encoding="utf-8").splitlines():
        cells = []
        for cell in line.replace("\r", "").split(","):
            try:
                cells.append(f"{float(cell):.6g}" if "." in cell else cell)
            except ValueError:
                cells.append(cell)
        lines.append(",".join(cells))
    return lines if ordered else sorted(lines)


def command_of(name, text, folder, out):
    text = text.replace("{dir}", str(folder)).replace("{out}", str(out))
    text = text.replace("{{", "{").replace("}}", "}")
    if not text.startswith("SELECT"):
        return ["sh", "-c", text]
    script = (f"import duckdb; c = duckdb.connect(); c.execute('SET threads = {os.cpu_count()}'); "
              f"c.execute({'COPY (' + text + ') TO ' + repr(str(out)) + ' (HEADER)'!r})")
    return [sys.executable, "-c", script]


def needs_of(command):
    if command.startswith("SELECT"):
        return []
    first = command.lstrip("(").split()[0]
    return [first] if first not in ("for", "echo") else []


def has_duckdb():
    return subprocess.run([sys.executable, "-c", "import duckdb"], capture_output=True,
                          check=False).returncode == 0


def measure(job, options, folder):
    job.make(folder, options.rows)
    pipeline = folder / "job.yaml"
    pipeline.write_text("stages:" + job.yaml.replace("{dir}", str(folder)) +
                        f"  - uses: file.write\n    with: {{ path: '{folder}/weir.out' }}\n")
    rows = [Contestant("**weir**", [options.weir, "run", "--quiet", str(pipeline)], [options.weir])]
    for name, text in job.peers.items():
        if text.startswith("SELECT") and not has_duckdb():
            note(f"  {name}: skipped, no duckdb")
            continue
        out = folder / f"{name.split()[0].strip(',')}.out"
        peer = Contestant(name, command_of(name, text, folder, out), needs_of(text))
        peer.out = out
        rows.append(peer)
    rows[0].out = folder / "weir.out"
    rows = present(rows)

    def once(contestant):
        contestant.out.unlink(missing_ok=True)
        start = time.perf_counter()
        done = subprocess.run(contestant.command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            return done.stderr.strip().split("\n")[-1]
        contestant.seconds.append(time.perf_counter() - start)
        return None

    rows, failed = take_turns(rows, options.rounds, once)
    wanted = canonical(rows[0].out, job.ordered) if rows else []
    for row in rows[1:]:
        if row.out.exists() and canonical(row.out, job.ordered) != wanted:
            note(f"  {row.name}: its output is not weir's")
            failed = True
    return rows, failed


def table(results):
    lines = ["| job | " + "who | ms | to weir |", "|---|---|---:|---:|"]
    for job, rows in results:
        weir = rows[0].median if rows else 0
        for number, row in enumerate(rows):
            lines.append(f"| {job.name if number == 0 else ''} | {row.name} | "
                         f"{row.median * 1000:,.0f} | {row.median / weir:.2f} |")
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("weir")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--only", nargs="+", help="words of the names of jobs")
    parser.add_argument("--directory", help="where files are made; a folder of its own without")
    options = parser.parse_args()
    options.weir = str(pathlib.Path(options.weir).resolve())
    results, failed = [], False
    for job in JOBS:
        if options.only and not any(word in job.name for word in options.only):
            continue
        note(job.name)
        folder = pathlib.Path(tempfile.mkdtemp(dir=options.directory))
        try:
            rows, bad = measure(job, options, folder)
        finally:
            shutil.rmtree(folder)
        results.append((job, rows))
        failed = failed or bad
    print(table(results))
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
