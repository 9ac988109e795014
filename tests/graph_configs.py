"""What the configs with branches, merges, windows and loops should write, worked out in Python.

Each function takes the paths of the inputs by the names of their parameters, and gives the outputs
by the names of theirs; `-` is standard output.
"""

import csv
import datetime
import hashlib
import io
import json
import math
import pathlib
import re
import zlib

ROOT = pathlib.Path(__file__).resolve().parent.parent
MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec"


def lines(path):
    """The lines without their ends, which may be those of Windows."""
    return (ROOT / path).read_text(encoding="utf-8").splitlines()


def rows(path):
    return [json.loads(line) for line in lines(path)]


def ndjson(records):
    return "".join(json.dumps(record, separators=(",", ":"), ensure_ascii=False) + "\n"
                   for record in records)


def table(columns, records, header=True):
    out = io.StringIO()
    write = csv.writer(out, lineterminator="\n").writerow
    if header:
        write(columns)
    for record in records:
        write([record[column] for column in columns])
    return out.getvalue()


def seconds(time):
    return datetime.datetime.fromisoformat(time.replace("Z", "+00:00")).timestamp()


def named(pattern, texts):
    return [match.groupdict() for match in map(re.compile(pattern).search, texts) if match]


def is_bad(level):
    return level in ("error", "crit")


def by_severity(paths):
    out = {"-": "", "rest": ""}
    for text in lines(paths["input"]):
        match = re.match(r"\[[^\]]+\] \[(\w+)\]", text)
        out["-" if match and is_bad(match[1]) else "rest"] += text + "\n"
    return out


def diamond(paths):
    out = []
    for row in named(r"^\[(?P<time>[^\]]+)\] \[(?P<level>\w+)\] (?P<message>.*)$",
                     lines(paths["input"])):
        client = None
        if not is_bad(row["level"]):
            row["message"] = row["message"].split()[0]
        elif match := re.match(r"\[client ([^\]]+)\] (.*)$", row["message"]):
            client, row["message"] = match.groups()
        out.append({"time": row["time"], "level": row["level"], "client": client,
                    "message": row["message"]})
    return {"-": ndjson(out)}


def network(address):
    known = {"198.51.100.": "TEST-NET-2", "203.0.113.": "TEST-NET-3", "183.": "CHINANET"}
    return next((name for begin, name in known.items() if address.startswith(begin)), "unknown")


def whois(paths):
    out = []
    for row in sshd_lines(paths["input"]):
        match = re.search(r"from (\S+) port", row["message"])
        ip = match[1] if row["message"].startswith("Failed password") else None
        out.append({"time": row["time"], "process": int(row["process"]), "ip": ip,
                    "network": ip and network(ip), "message": row["message"]})
    return {"-": ndjson(out)}


def sshd_lines(path):
    return named(r"^(?P<time>\w+ +\d+ [\d:]+) \S+ sshd\[(?P<process>\d+)\]: (?P<message>.*)$",
                 lines(path))


def sshd_time(time, year):
    month, day, clock = time.split()
    return f"{year}-{MONTHS.index(month) // 3 + 1:02}-{int(day):02}T{clock}Z"


def hdfs_time(text):
    return "20{}-{}-{}T{}:{}:{}Z".format(*re.match(r"(..)(..)(..) (..)(..)(..)", text).groups())


def block_sessions(paths):
    """A session leaves when it is over by the latest time, those of one end as they began."""
    last, sessions = {}, []
    for text in lines(paths["input"]):
        match = re.search(r"blk_-?\d+", text)
        if not match:
            continue
        time, key = hdfs_time(text), match[0]
        session = last.get(key)
        if not session or seconds(time) - seconds(session["end"]) >= 1800:
            session = last[key] = {"block": key, "start": time, "lines": 0, "warnings": 0}
            sessions.append(session)
        session["end"] = time
        session["lines"] += 1
        session["warnings"] += text.split()[3] == "WARN"
    sessions.sort(key=lambda session: session["end"])
    return {"-": table(["block", "start", "end", "lines", "warnings"], sessions)}


def top_paths(paths):
    windows = {}
    for row in rows(paths["input"]):
        key = row["time"][:16] + ":00Z", row["path"]
        windows.setdefault(key, []).append(row["ms"])
    out = []
    for (start, path), times in windows.items():
        slow = sorted(times)[math.ceil(0.99 * len(times)) - 1]
        out.append({"start": start, "path": path, "hits": len(times), "slow": slow})
    out = [row for row in out if row["hits"] >= 10]
    out.sort(key=lambda row: (row["start"], -row["hits"], row["path"]))
    return {"-": table(["start", "path", "hits", "slow"], out)}


def failed_logins(paths):
    counts = {}
    for row in named(r"Failed password for (?:invalid user )?\S+ from (?P<ip>[\d.]+) port",
                     lines(paths["input"])):
        counts[row["ip"]] = counts.get(row["ip"], 0) + 1
    out = [{"ip": ip, "failed": count} for ip, count in counts.items()]
    return {"-": table(["ip", "failed"], sorted(out, key=lambda row: -row["failed"]))}


def three_logs(paths, year="2005"):
    out = []
    for row in named(r"^\[\w+ (?P<day>\w+ \d\d) (?P<clock>[\d:]+) (?P<year>\d+)\] (?P<message>.*)$",
                     lines(paths["apache"])):
        time = sshd_time(f"{row['day']} {row['clock']}", row["year"])
        out.append({"time": time, "log": "apache", "message": row["message"]})
    for row in named(r"^(?P<time>\w+ +\d+ [\d:]+) \S+ (?P<message>.*)$", lines(paths["sshd"])):
        out.append({"time": sshd_time(row["time"], year), "log": "sshd",
                    "message": row["message"]})
    for text in lines(paths["hdfs"]):
        out.append({"time": hdfs_time(text), "log": "hdfs", "message": text.split(" ", 3)[3]})
    return {"-": ndjson(sorted(out, key=lambda row: row["time"]))}


def digests(paths):
    out = [{"crc32": f"{zlib.crc32(text.encode()):08x}",
            "sha256": hashlib.sha256(text.encode()).hexdigest()}
           for text in lines(paths["input"])]
    return {"-": table(["crc32", "sha256"], out)}


def login_ends(paths, year="2005"):
    failed, ended, out = {}, {}, []
    for row in sshd_lines(paths["input"]):
        row["time"] = sshd_time(row["time"], year)
        process, message = row["process"], row["message"]
        if match := re.match(r"Failed password for (?:invalid user )?(\S+) from (\S+) port",
                             message):
            row |= {"user": match[1], "ip": match[2]}
            failed.setdefault(process, []).append(row)
            pairs = [(row, end) for end in ended.get(process, [])]
        elif match := re.match("Received disconnect|Connection closed", message):
            row["end"] = match[0]
            ended.setdefault(process, []).append(row)
            pairs = [(one, row) for one in failed.get(process, [])]
        else:
            continue
        for one, end in pairs:
            after = int(seconds(end["time"]) - seconds(one["time"]))
            if abs(after) <= 600:
                out.append({**one, "seconds": after, "end": end["end"]})
    return {"-": table(["time", "process", "ip", "user", "seconds", "end"], out)}


def bulk(paths):
    requests = [{key: row[key] for key in ("time", "ip", "path", "status")}
                for row in rows(paths["input"])]
    return {"-": ndjson({"requests": requests[i:i + 100]} for i in range(0, len(requests), 100))}


def decode(paths):
    """What is not done after the fourth pass is a suspect."""
    done, suspects, position = [], [], 0
    for text in lines(paths["input"]):
        ip, method, path = text.split(" ")
        for _ in range(4):
            path = re.sub(rb"%([0-9a-fA-F]{2})", lambda code: bytes([int(code[1], 16)]),
                          path.encode()).decode()
            again = re.search("%[0-9a-fA-F]{2}", path)
            if not again:
                break
        row = {"ip": ip, "method": method, "path": path}
        if not again:
            done.append(row)
        else:
            error = {"stage": "done", "kind": "loop",
                     "message": "not done after the last pass of the loop", "attempts": 1,
                     "origin": {"part": str(paths["input"]), "position": position}}
            suspects.append({**row, "error": error})
        position += len(text.encode()) + 1
    return {"-": table(["ip", "method", "path"], done), "suspects": ndjson(suspects)}


def bulkheads(paths):
    out = []
    for row in rows(paths["input"]):
        digest = row["ip"].encode()
        for _ in range(2000 if row["path"] == "/login" else 1):
            digest = hashlib.sha256(digest).digest()
        out.append({**row, "visitor": digest.hex()})
    return {"-": table(["time", "visitor", "path", "status"], out)}


# By config: what it gives, and for each of its inputs the sample and the real file.
EXACT = {
    "block-sessions": (block_sessions, {"input": ("hdfs.log", "hdfs.log")}),
    "bulk": (bulk, {"input": ("access.ndjson", None)}),
    "bulkheads": (bulkheads, {"input": ("access.ndjson", None)}),
    "by-severity": (by_severity, {"input": ("apache-error.log", "apache.log")}),
    "decode": (decode, {"input": ("requests.txt", None)}),
    "diamond": (diamond, {"input": ("apache-error.log", "apache.log")}),
    "digests": (digests, {"input": ("sshd.log", "openssh.log")}),
    "failed-logins": (failed_logins, {"input": ("sshd.log", "openssh.log")}),
    "login-ends": (login_ends, {"input": ("sshd.log", "openssh.log")}),
    "three-logs": (three_logs, {"apache": ("apache-error.log", "apache.log"),
                                "sshd": ("sshd.log", "openssh.log"),
                                "hdfs": ("hdfs.log", "hdfs.log")}),
    "top-paths": (top_paths, {"input": ("access.ndjson", None)}),
    "whois": (whois, {"input": ("sshd.log", "openssh.log")}),
}

# Real logs that do not say their year: 2008, where one of the others is from.
WITH_YEAR = ("login-ends", "three-logs")


def audit(access):
    """The lines of all requests, of which the audit holds some."""
    return ndjson({key: row[key] for key in ("time", "ip", "method", "path")}
                  for row in rows(access)).splitlines()


def urgent_first(access):
    """[(which branch, line)] in the order of the input"""
    return [("urgent" if row["status"] >= 500 else "other",
             table(["status", "time", "path"], [row], header=False))
            for row in rows(access) if row["status"] >= 400]


def fast_slow(access):
    return [("quick" if row["ms"] < 100 else "slow",
             table(["time", "ms", "path"], [row], header=False)) for row in rows(access)]
