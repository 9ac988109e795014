"""Every file in configs/ runs, and gives at 1, 2 and 8 threads what a few lines of Python give.

Those with branches (graph_configs.py) also run on the real logs of ../shared/data, or of the folder
WEIR_DATA, where that is there. Usage: configs_test.py WEIR [CLASS...], which exits with 77 where one
is skipped.
"""

import bz2
import csv
import datetime
import gzip
import hashlib
import http.server
import io
import ipaddress
import itertools
import json
import lzma
import math
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.parse

import graph_configs

ROOT = pathlib.Path(__file__).resolve().parent.parent
DATA = ROOT / "samples" / "data"
REAL = pathlib.Path(os.environ.get("WEIR_DATA", ROOT.parent / "shared" / "data"))
WEIR = sys.argv[1]


def access_log():
    return [json.loads(line) for line in (DATA / "access.ndjson").read_text().splitlines()]


def compact(row):
    return json.dumps(row, separators=(",", ":"), ensure_ascii=False) + "\n"


def access_errors():
    out = "time,ip,path,status\n"
    for row in access_log():
        if row["status"] >= 400:
            out += f"{row['time']},{row['ip']},{row['path']},{row['status']}\n"
    return out


def access_log_itself():
    return (DATA / "access.ndjson").read_text()


def apache_errors():
    line = re.compile(r"^\[([^\]]+)\] \[(\w+)\] (?:\[client ([^\]]+)\] )?(.*)$")
    out = ""
    for text in (DATA / "apache-error.log").read_text().splitlines():
        match = line.match(text)
        if match and match[2] in ("error", "crit"):
            message = re.sub(r"/[\w./-]+", "PATH", match[4])
            out += compact({"time": match[1], "level": match[2], "client": match[3],
                            "message": message})
    return out


def clean_orders():
    out = io.StringIO()
    write = csv.writer(out, lineterminator="\n").writerow
    write(["order", "email", "quantity", "total", "remark"])
    with open(DATA / "orders.csv", newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["note"] is None or not row["quantity"].isdigit():
                continue  # Rows that csv.parse skips.
            if int(row["quantity"]) == 0 or row["email"] == "":
                continue
            total = int(row["quantity"]) * float(row["price"])
            write([row["order"], row["email"].strip().lower(), row["quantity"], f"{total:.15g}",
                   row["note"]])
    return out.getvalue()


def docker_lines():
    out, open_lines = "", {}
    for text in (DATA / "docker.ndjson").read_text().splitlines():
        row = json.loads(text)
        key = (row["container"], row["stream"])
        open_lines[key] = open_lines.get(key, "") + row["log"]
        if row["log"].endswith("\n"):
            line = open_lines.pop(key).removesuffix("\n")
            out += compact({"container": key[0], "stream": key[1], "line": line})
    return out


def export_items():
    items = json.loads((DATA / "export.json").read_text())["data"]["items"]
    return "".join(compact(item) for item in items if item["stock"]["shop"] == 0)


def java_errors():
    records, out = [], ""
    for line in (DATA / "java.log").read_text().splitlines():
        if re.match(r"\d{4}-\d\d-\d\d ", line):
            records.append([])
        if records:
            records[-1].append(line)
    for first, *rest in records:
        head = re.match(r"(\S+ \S+) ERROR +\[([^\]]*)\] (\S+) - (.*)", first)
        if head and rest:
            name = re.match(r"[\w.]+", rest[0])[0]
            row = dict(zip(("time", "thread", "logger", "message"), head.groups()))
            row["exception"] = name
            row["trace"] = "\n".join(rest)[len(name):]
            out += compact(row)
    return out


def enrich():
    with open(DATA / "statuses.csv", encoding="utf-8") as file:
        meanings = {row["status"]: row["meaning"] for row in csv.DictReader(file)}
    with open(DATA / "networks.csv", encoding="utf-8") as file:
        sites = {ipaddress.ip_network(row["network"]): row["site"] for row in csv.DictReader(file)}
    out = "time,site,status,meaning,path\n"
    for row in access_log():
        if row["status"] < 400:
            continue
        held = [net for net in sites if ipaddress.ip_address(row["ip"]) in net]
        site = sites[max(held, key=lambda net: net.prefixlen)]
        meaning = meanings.get(str(row["status"]), "")
        out += f"{row['time']},{site},{row['status']},{meaning},{row['path']}\n"
    return out


def shortest(number):
    return repr(float(number)).removesuffix(".0")


def nginx_minutes():
    line = re.compile(r'^(\S+) - (\S+) \[([^]]+)\] "(.*?)" (\d+) (\d+) "(.*?)" "(.*?)" (\S+)$')
    windows = {}
    for text in (DATA / "nginx.log").read_text().splitlines():
        found = line.match(text)
        words = found[4].split(" ") if found else []
        if len(words) == 3:
            at = datetime.datetime.strptime(found[3], "%d/%b/%Y:%H:%M:%S %z")
            start = at.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:00Z")
            windows.setdefault((start, words[1].split("?")[0]), []).append(
                (float(found[9]), int(found[5]) >= 500))
    out = "start,url_path,hits,p50,p99,errors\n"
    for (start, path), found in sorted(windows.items()):
        times = sorted(time for time, _ in found)
        p50, p99 = (times[math.ceil(rank * len(times)) - 1] for rank in (0.5, 0.99))
        errors = sum(bad for _, bad in found) / len(found)
        out += f"{start},{path},{len(found)},{shortest(p50)},{shortest(p99)},{shortest(errors)}\n"
    return out


def joined_logs():
    opens = {".gz": gzip.open, ".xz": lzma.open, ".bz2": bz2.open}
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["file", "line"])
    for path in sorted((DATA / "gates").iterdir()):
        with opens[path.suffix](path, "rt") as file:
            for line in file:
                writer.writerow([path.relative_to(ROOT), line.rstrip("\n")])
    return out.getvalue()


def hide_addresses():
    out = ""
    for row in access_log():
        visitor = hashlib.sha256(row.pop("ip").encode()).hexdigest()
        row.pop("agent")
        out += compact({**row, "visitor": visitor})
    return out


def records(count):
    return "".join(f"record {i}\n" for i in range(count))


def shipping():
    out = "order,quantity,sent_as\n"
    for row, _, _ in orders():
        if row and row["quantity"] > 0:
            out += f"{row['order']},{row['quantity']},"
            out += "letter\n" if row["quantity"] < 4 else "parcel\n"
    return out


def partner_orders():
    """The orders, and (line, reason, order) of the rest."""
    text = (DATA / "partner-orders.csv").read_text()
    good, bad = [], []
    names = None
    line = 0
    rows = iter(text.split("\n"))
    for row in rows:
        line, begin = line + 1, line + 1
        while row.count('"') % 2 and not row.startswith("#"):
            row, line = row + "\n" + next(rows), line + 1
        if not row or row.startswith("#"):
            continue
        cells = next(csv.reader(io.StringIO(row, newline=""), delimiter=";"))
        if not names:
            names = cells
        elif len(cells) < len(names):
            bad.append([begin, f"expected {len(names)} columns, got {len(cells)}", ""])
        elif not cells[2].isdigit():
            bad.append([begin, f"column 'quantity': expected an integer, got '{cells[2]}'", ""])
        elif int(cells[2]) < 1:
            bad.append([begin, "nothing is ordered", cells[0]])
        elif "@" not in cells[1]:
            bad.append([begin, "no address", cells[0]])
        else:
            good.append(cells)
    return good, bad


def as_csv(header, rows):
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows([header, *rows])
    return out.getvalue()


def partner_orders_taken():
    return as_csv(["order", "email", "quantity", "price", "note", "note_2"], partner_orders()[0])


def not_shipped():
    out = ""
    for row, text, position in orders():
        error = {"stage": "parse", "kind": "csv"}
        if row and row["quantity"] > 0:
            continue
        if row:
            out_of = row
            error = {"stage": "ask", "kind": "exec",
                     "message": "the process exited with status 1: nothing to send"}
        else:
            out_of = {"text": text}
            fields = text.split(",")
            error["message"] = (f"expected 5 columns, got {len(fields)}" if len(fields) < 5 else
                                f"column 'quantity': expected an integer, got '{fields[2]}'")
        error |= {"attempts": 1, "origin": {"part": "samples/data/orders.csv",
                                            "position": position}}
        out += compact({**out_of, "error": error})
    return out


def orders():
    """[(the order with its quantity as a number, or nothing; its text; where it begins)]"""
    lines = (DATA / "orders.csv").read_text().splitlines(keepends=True)
    position = len(lines.pop(0))
    found, text = [], ""
    for line in lines:
        text += line
        if text.count('"') % 2:
            continue  # The line's end is in quotes.
        columns = next(csv.reader(io.StringIO(text, newline="")))
        row = None
        if len(columns) == 5 and columns[2].isdigit():
            row = dict(zip(("order", "email", "quantity", "price", "note"), columns))
            row["quantity"] = int(row["quantity"])
        found.append((row, text.removesuffix("\n"), position))
        position += len(text.encode())
        text = ""
    return found


def status_counts():
    counts = {}
    for row in access_log():
        counts[row["status"]] = counts.get(row["status"], 0) + 1
    return "".join(f"{status} {count}\n" for status, count in counts.items())


EXPECTED = {
    "access-errors": access_errors,
    "access-log": access_log_itself,
    "apache-errors": apache_errors,
    "clean-orders": clean_orders,
    "docker-lines": docker_lines,
    "export-items": export_items,
    "java-errors": java_errors,
    "enrich": enrich,
    "hide-addresses": hide_addresses,
    "joined-logs": joined_logs,
    "nginx-minutes": nginx_minutes,
    "partner-orders": partner_orders_taken,
    "one-a-second": lambda: records(10),
    "ordered-waits": lambda: records(1000),
    "shipping": shipping,
    "status-counts": status_counts,
}

# What some of the output depends on is the clock, or is no single file: these have tests of their
# own.
CLOCKED = ("audit", "by-date", "fast-slow", "follow-errors", "search", "shares",
           "two-catalogues", "urgent-first")
# What asks a service does so in services_test.py.
ASKING = ("geocode", "webhooks", "word-counts")

# Parameters: seconds are made short, files put elsewhere.
PARAMS = {
    "nginx-minutes": ["--odd=/dev/null"],
    "one-a-second": ["--every=40/s", "--takes=125ms"],
    "partner-orders": ["--rejects=/dev/null"],
    "shipping": ["--rejected=/dev/null"],
}


def run(*arguments):
    return subprocess.run([WEIR, *arguments], cwd=ROOT, capture_output=True, text=True,
                          encoding="utf-8", check=False)


class Backend(http.server.ThreadingHTTPServer):
    """A search service: `good`, `busy` (503 and Retry-After), or `slow`, which answers nobody
    before the test is over. It finds nothing for queries that hold an x. A `catalogue` writes
    JSON as `shape` makes it of the query, which it knows if `knows` says so."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, kind, shape=None, knows=None):
        super().__init__(("127.0.0.1", 0), Search)
        self.kind, self.shape, self.knows = kind, shape, knows
        self.over = threading.Event()
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, *_):
        pass  # A cancelled request is part of the test.

    def stop(self):
        self.over.set()
        self.shutdown()
        self.server_close()


class Search(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def do_GET(self):
        url = urllib.parse.urlsplit(self.path)
        query = urllib.parse.parse_qs(url.query).get("q", [url.path.rsplit("/", 1)[1]])[0]
        if self.server.kind == "catalogue":
            return self.answer(200 if self.server.knows(query) else 404,
                               json.dumps(self.server.shape(query)).encode())
        if self.server.kind == "slow":
            self.server.over.wait()
        status = 503 if self.server.kind == "busy" else 404 if "x" in query else 200
        return self.answer(status, f"about {query}".encode())

    def answer(self, status, body):
        self.send_response(status)
        self.send_header("Retry-After", "3600")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class GraphTest(unittest.TestCase):
    maxDiff = 2000

    def check_graph(self, stem, inputs, *arguments):
        """Whether each output of a config of graph_configs.py is what it should be."""
        expect = graph_configs.EXACT[stem][0]
        expected = expect(inputs)
        with tempfile.TemporaryDirectory() as folder:
            files = {name: pathlib.Path(folder) / name for name in expected if name != "-"}
            done = run("run", f"configs/{stem}.yaml", *arguments,
                       *(f"--{name}={path}" for name, path in [*inputs.items(), *files.items()]))
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(done.stdout, expected["-"])
            for name, path in files.items():
                self.assertEqual(path.read_text(encoding="utf-8"), expected[name], name)


class RealLogs(GraphTest):
    @classmethod
    def setUpClass(cls):
        if not REAL.exists():
            print(f"SKIPPED: there is no {REAL}", file=sys.stderr)
            raise unittest.SkipTest(f"there is no {REAL}")

    def test_rejects_of_a_table_have_their_line_and_the_reason(self):
        with tempfile.TemporaryDirectory() as folder:
            rejects = pathlib.Path(folder) / "rejects.csv"
            for threads in (1, 2, 8):
                with self.subTest(threads=threads):
                    done = run("run", "configs/partner-orders.yaml", f"--rejects={rejects}",
                               f"--threads={threads}")
                    self.assertEqual(done.returncode, 0, done.stderr)
                    self.assertEqual(done.stdout, partner_orders_taken())
                    header, *rows = csv.reader(rejects.read_text().splitlines())
                    self.assertEqual(header, ["line", "reason", "order"])
                    self.assertEqual(sorted(rows), sorted([str(line), reason, order] for
                                     line, reason, order in partner_orders()[1]))

    def test_branches_merges_windows_and_loops_give_what_they_should(self):
        for stem, (_, inputs) in graph_configs.EXACT.items():
            real = {name: REAL / files[1] for name, files in inputs.items() if files[1]}
            for threads in (1, 8) if real else ():
                with self.subTest(config=stem, threads=threads):
                    self.check_graph(stem, real, f"--threads={threads}",
                                     *(["--year=2005"] if stem in graph_configs.WITH_YEAR else []))


class Configs(GraphTest):
    def test_every_config_gives_what_it_should_at_any_number_of_threads(self):
        files = sorted((ROOT / "configs").glob("*.yaml"))
        self.assertEqual([file.stem for file in files],
                         sorted([*EXPECTED, *graph_configs.EXACT, *CLOCKED, *ASKING]))
        for stem, expect in EXPECTED.items():
            expected = expect()
            for threads in (1, 2, 8):
                with self.subTest(config=stem, threads=threads):
                    done = run("run", f"configs/{stem}.yaml", f"--threads={threads}",
                               *PARAMS.get(stem, []))
                    self.assertEqual(done.returncode, 0, done.stderr)
                    self.assertEqual(done.stdout, expected)

    def test_latency_changes_no_output(self):
        for stem, expected in EXPECTED.items():
            with self.subTest(config=stem):
                done = run("run", f"configs/{stem}.yaml", *PARAMS.get(stem, []),
                           "--chaos", "latency=0.05:1ms..5ms,seed=3")
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertEqual(done.stdout, expected())

    def test_lines_that_are_no_requests_go_to_a_file_with_the_reason(self):
        with tempfile.TemporaryDirectory() as folder:
            odd = pathlib.Path(folder) / "odd.ndjson"
            done = run("run", "configs/nginx-minutes.yaml", f"--odd={odd}")
            self.assertEqual(done.returncode, 0, done.stderr)
            errors = [json.loads(line)["error"] for line in odd.read_text().splitlines()]
        self.assertEqual([(error["stage"], error["kind"]) for error in errors],
                         [("urls", "url"), ("requests", "access_log"), ("urls", "url")])

    def test_what_is_no_order_goes_to_a_file_with_its_error(self):
        with tempfile.TemporaryDirectory() as folder:
            rejected = pathlib.Path(folder) / "rejected.ndjson"
            for threads in (1, 2, 8):
                with self.subTest(threads=threads):
                    done = run("run", "--strict", "configs/shipping.yaml",
                               f"--rejected={rejected}", f"--threads={threads}")
                    self.assertEqual(done.returncode, 3, done.stderr)
                    self.assertEqual(rejected.read_text(), not_shipped())
                    self.assertEqual(done.stdout, shipping())

    def test_branches_merges_windows_and_loops_give_what_they_should(self):
        for stem, (_, inputs) in graph_configs.EXACT.items():
            sample = {name: pathlib.Path("samples/data") / files[0]
                      for name, files in inputs.items()}
            for arguments in (["--threads=1"], ["--threads=2"], ["--threads=8"],
                              ["--chaos=latency=0.05:1ms..5ms,seed=3"]):
                with self.subTest(config=stem, arguments=arguments):
                    self.check_graph(stem, sample, *arguments)

    def test_an_audit_that_sheds_leaves_the_main_path_complete(self):
        whole = graph_configs.audit(DATA / "access.ndjson")
        with tempfile.TemporaryDirectory() as folder:
            audit = pathlib.Path(folder) / "audit.ndjson"
            done = run("run", "configs/audit.yaml", f"--audit={audit}")
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(done.stdout, access_errors())
            kept = audit.read_text().splitlines()
        self.assertRegex(done.stderr, rf"shed +{len(whole) - len(kept):,} ")
        # The oldest are shed: the queue of 100 ends with the last ones. The others are in order.
        self.assertEqual(kept[-100:], whole[-100:])
        rest = iter(whole)
        self.assertEqual([line for line in kept if line not in rest], [])

    def check_branches(self, wanted, stem, *arguments, unordered=()):
        """wanted: [(branch, line)], each branch in its order, unless it is one of `unordered`."""
        for threads in (1, 2, 8):
            with self.subTest(threads=threads):
                done = run("run", f"configs/{stem}.yaml", f"--threads={threads}", *arguments)
                self.assertEqual(done.returncode, 0, done.stderr)
                branch_of = {line: branch for branch, line in wanted}
                got = [(branch_of.get(line), line)
                       for line in done.stdout.splitlines(keepends=True)]
                for branch in {branch for branch, _ in wanted}:
                    one, other = ([each for each in lines if each[0] == branch]
                                  for lines in (wanted, got))
                    order = sorted if branch in unordered else list
                    self.assertEqual(order(other), order(one))
                self.assertEqual(len(got), len(wanted))

    def test_a_search_gets_an_answer_though_services_are_slow_busy_or_gone(self):
        gone = Backend("good")
        gone.stop()
        backends = [Backend("slow"), Backend("busy"), Backend("good"), Backend("good")]
        for backend in backends:
            self.addCleanup(backend.stop)
        slow, busy, one, other = backends
        queries = [f"{'x' if n % 7 == 0 else 'y'} & {n}" for n in range(100)]
        wanted = "".join(compact({"query": query, "status": 404 if "x" in query else 200,
                                  "answer": f"about {query}", "error": None}) for query in queries)
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "queries.txt"
            file.write_text("".join(query + "\n" for query in queries), encoding="utf-8")
            urls = [f"--{name}={backend.url}"
                    for name, backend in zip("abcde", (slow, busy, gone, one, other))]
            for threads in (1, 2, 8):
                with self.subTest(threads=threads):
                    done = run("run", "configs/search.yaml", f"--queries={file}", *urls,
                               f"--threads={threads}")
                    self.assertEqual(done.returncode, 0, done.stderr)
                    self.assertEqual(done.stdout, wanted)

    def test_the_first_catalogue_that_knows_a_book_answers(self):
        one = Backend("catalogue", lambda isbn: {"title": f"Book {isbn}"},
                      lambda isbn: int(isbn) % 3 == 0)
        other = Backend("catalogue", lambda isbn: {"book": {"name": f"Book {isbn}"}},
                        lambda isbn: int(isbn) % 5 == 0)
        slow = Backend("slow")
        for backend in (one, other, slow):
            self.addCleanup(backend.stop)
        isbns = [str(1000 + n) for n in range(200)]
        with tempfile.TemporaryDirectory() as folder:
            file, rest = (pathlib.Path(folder) / name for name in ("isbns.txt", "unknown.ndjson"))
            for first, knows in ((one, lambda n: n % 3 == 0 or n % 5 == 0),
                                 (slow, lambda n: n % 5 == 0)):
                asked = [isbn for isbn in isbns if first is one or knows(int(isbn))]
                file.write_text("".join(isbn + "\n" for isbn in asked), encoding="utf-8")
                for threads in (1, 2, 8):
                    with self.subTest(first=first.kind, threads=threads):
                        done = run("run", "configs/two-catalogues.yaml", f"--input={file}",
                                   f"--one={first.url}", f"--other={other.url}",
                                   f"--unknown={rest}", f"--threads={threads}")
                        self.assertEqual(done.returncode, 0, done.stderr)
                        known = [isbn for isbn in asked if knows(int(isbn))]
                        self.assertEqual(done.stdout, "".join(
                            compact({"isbn": isbn, "title": f"Book {isbn}"}) for isbn in known))
                        letters = [json.loads(line) for line in rest.read_text().splitlines()]
                        self.assertEqual([letter["isbn"] for letter in letters],
                                         [isbn for isbn in asked if isbn not in known])

    def test_each_day_has_a_file_of_its_own(self):
        wanted = {}
        with tempfile.TemporaryDirectory() as folder:
            log = pathlib.Path(folder) / "log.ndjson"
            with open(log, "w", encoding="utf-8") as out:
                for i, row in enumerate(access_log()):
                    day = f"2025-01-{1 + i % 7:02}"
                    row["time"] = day + row["time"][10:]
                    out.write(compact(row))
                    rows = wanted.setdefault(day, "time,ip,path,status\n")
                    wanted[day] = rows + f"{row['time']},{row['ip']},{row['path']},{row['status']}\n"
            for threads in (1, 2, 8):
                days = pathlib.Path(folder) / str(threads)
                days.mkdir()
                done = run("run", "configs/by-date.yaml", f"--threads={threads}", f"--input={log}",
                           f"--folder={days}")
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertEqual({file.stem: file.read_text() for file in days.iterdir()}, wanted)

    def test_a_log_is_followed_over_rotations(self):
        for threads in (1, 2, 8):
            with self.subTest(threads=threads), tempfile.TemporaryDirectory() as folder:
                self.follow(pathlib.Path(folder), threads)

    def follow(self, folder, threads):
        log, errors = folder / "app.log", folder / "errors.log"
        with subprocess.Popen([WEIR, "run", "--quiet", "configs/follow-errors.yaml",
                               f"--threads={threads}", f"--input={log}*", f"--output={errors}"],
                              cwd=ROOT, stderr=subprocess.PIPE, text=True) as weir:
            wanted = ""
            for i in range(3000):
                with open(log, "a", encoding="utf-8") as out:
                    line = f"{i} {'ERROR' if i % 3 == 0 else 'INFO'} something\n"
                    out.write(line)
                wanted += line if i % 3 == 0 else ""
                if i % 500 == 499:
                    end = time.monotonic() + 60
                    while not errors.exists() or errors.read_text() != wanted:
                        self.assertLess(time.monotonic(), end, "it never came")
                        time.sleep(0.005)
                    log.rename(folder / f"app.log.{i}")
            weir.send_signal(signal.SIGTERM)
            said = weir.stderr.read()
            self.assertEqual(weir.wait(), 0, said)
            self.assertEqual(errors.read_text(), wanted)

    def test_urgent_ones_overtake_others_but_not_each_other(self):
        self.check_branches(graph_configs.urgent_first(DATA / "access.ndjson"), "urgent-first")

    def test_customers_that_share_a_service_both_get_all_of_theirs_in_order(self):
        wanted = [(name, f"{name} {n}\n") for name in ("first", "second") for n in range(200)]
        self.check_branches(wanted, "shares")

    def test_quick_requests_keep_their_order_whatever_becomes_of_slow_ones(self):
        with tempfile.TemporaryDirectory() as folder:
            some = pathlib.Path(folder) / "some.ndjson"
            with open(DATA / "access.ndjson", encoding="utf-8") as access:
                some.write_text("".join(itertools.islice(access, 500)), encoding="utf-8")
            self.check_branches(graph_configs.fast_slow(some), "fast-slow", f"--input={some}",
                                unordered=("slow",))

    def test_every_config_is_checked_without_a_word(self):
        files = [str(file) for file in sorted((ROOT / "configs").glob("*.yaml"))]
        done = run("check", *files)
        self.assertEqual(done.returncode, 0)
        self.assertEqual(done.stderr, f"{len(files)} files: no errors\n")


if __name__ == "__main__":
    result = unittest.main(argv=[sys.argv[0], *sys.argv[2:]], exit=False).result
    sys.exit(1 if not result.wasSuccessful() else 77 if result.skipped else 0)
