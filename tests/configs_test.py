"""Every file in configs/ runs, and gives at 1, 2 and 8 threads what a few lines of Python give.

Usage: configs_test.py WEIR
"""

import csv
import hashlib
import io
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent
DATA = ROOT / "samples" / "data"
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
    "hide-addresses": hide_addresses,
    "one-a-second": lambda: records(10),
    "ordered-waits": lambda: records(1000),
    "shipping": shipping,
    "status-counts": status_counts,
}

# Parameters: seconds are made short, files put elsewhere.
PARAMS = {
    "one-a-second": ["--every=40/s", "--takes=125ms"],
    "shipping": ["--rejected=/dev/null"],
}


def run(*arguments):
    return subprocess.run([WEIR, *arguments], cwd=ROOT, capture_output=True, text=True,
                          encoding="utf-8", check=False)


class Configs(unittest.TestCase):
    maxDiff = 2000

    def test_every_config_gives_what_it_should_at_any_number_of_threads(self):
        files = sorted((ROOT / "configs").glob("*.yaml"))
        self.assertEqual([file.stem for file in files], sorted(EXPECTED))
        for file in files:
            expected = EXPECTED[file.stem]()
            for threads in (1, 2, 8):
                with self.subTest(config=file.stem, threads=threads):
                    done = run("run", f"configs/{file.name}", f"--threads={threads}",
                               *PARAMS.get(file.stem, []))
                    self.assertEqual(done.returncode, 0, done.stderr)
                    self.assertEqual(done.stdout, expected)

    def test_latency_changes_no_output(self):
        for stem, expected in EXPECTED.items():
            with self.subTest(config=stem):
                done = run("run", f"configs/{stem}.yaml", *PARAMS.get(stem, []),
                           "--chaos", "latency=0.05:1ms..5ms,seed=3")
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertEqual(done.stdout, expected())

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

    def test_every_config_is_checked_without_a_word(self):
        files = [str(file) for file in sorted((ROOT / "configs").glob("*.yaml"))]
        done = run("check", *files)
        self.assertEqual(done.returncode, 0)
        self.assertEqual(done.stderr, f"{len(files)} files: no errors\n")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
