"""Writes samples/data/sshd.log, hdfs.log, requests.txt, java.log, docker.ndjson and export.json: what an sshd, an HDFS cluster, the access log of a web server under attack, a Java program,
containers and an export look like, made up, and the same in every run.

Usage: make_logs.py
"""

import datetime
import json
import pathlib
import random

DATA = pathlib.Path(__file__).resolve().parent / "data"
BEGIN = datetime.datetime(2005, 12, 4, 4, 0, 0)


def at(seconds):
    return BEGIN + datetime.timedelta(seconds=seconds)


def write(name, lines):
    """lines: [(seconds, text)], those of one second in the order in which they were made"""
    text = "".join(f"{line}\n" for _, line in sorted(lines, key=lambda each: each[0]))
    (DATA / name).write_text(text, newline="")


def sshd(chance):
    """Few addresses, some of which try many passwords, one or two seconds apart."""
    lines, start = [], 0
    guessers = [f"203.0.113.{n}" for n in (7, 19, 42, 77)]
    for session in range(60):
        start += chance.randint(20, 300)
        address = chance.choice(guessers + [f"198.51.100.{session}"])
        user = chance.choice(["root", "root", "admin", "ada", "oracle"])
        known = user in ("root", "ada")
        said = [f"Connection from {address} port {40000 + session}"]
        if not known:
            said.append(f"Invalid user {user} from {address}")
        name = user if known else f"invalid user {user}"
        tries = chance.randint(1, 5) if address in guessers else chance.randint(0, 1)
        said += [f"Failed password for {name} from {address} port {40000 + session} ssh2"] * tries
        if user == "ada" and address not in guessers:
            said.append(f"Accepted password for ada from {address} port {40000 + session} ssh2")
        else:
            said.append(f"Connection closed by {address} [preauth]")
        seconds = start
        for text in said:
            stamp = at(seconds)
            lines.append((seconds, f"{stamp:%b} {stamp.day:2} {stamp:%H:%M:%S} gate "
                                   f"sshd[{2000 + session}]: {text}"))
            seconds += chance.randint(1, 2)
    write("sshd.log", lines)


def hdfs(chance):
    """Blocks are received by three nodes within a minute; some are deleted, long after that."""
    lines = []
    for number in range(40):
        block = f"blk_{chance.randint(-10**18, 10**18)}"
        nodes = [f"10.250.{chance.randint(1, 9)}.{chance.randint(1, 99)}" for _ in range(3)]
        start = chance.randint(0, 9000)
        said = []
        for index, node in enumerate(nodes):
            begun, ended = start + index, start + chance.randint(5, 50)
            thread = 100 + number
            said += [
                (begun, thread, "INFO dfs.DataNode$DataXceiver",
                 f"Receiving block {block} src: /{nodes[0]}:54106 dest: /{node}:50010"),
                (ended, thread, "INFO dfs.DataNode$PacketResponder",
                 f"Received block {block} of size {1024 * (number + 1)} from /{nodes[0]}"),
                (ended + chance.randint(0, 3), 26, "INFO dfs.FSNamesystem",
                 f"BLOCK* NameSystem.addStoredBlock: blockMap updated: {node}:50010 is added to "
                 f"{block} size {1024 * (number + 1)}"),
            ]
        if number % 3 == 0:
            late = start + chance.randint(2400, 4000)
            said += [(late + index, 19, "INFO dfs.FSDataset",
                      f"Deleting block {block} file /mnt/hadoop/dfs/data/current/{block}")
                     for index in range(3)]
        if number % 5 == 0:
            said.append((start + 600, thread, "WARN dfs.DataNode$DataXceiver",
                         f"{nodes[1]}:50010:Got exception while serving {block} to /{nodes[2]}:"))
        lines += [(seconds, f"{at(seconds):%y%m%d %H%M%S} {thread} {source}: {text}")
                  for seconds, thread, source, text in said]
    write("hdfs.log", lines)


def requests(chance):
    """Paths, some percent-encoded, some of them several times over."""
    paths = ["/search?q=caf\N{LATIN SMALL LETTER E WITH ACUTE}", "/a b.html", "/../../etc/passwd",
             "/index.html", "/cart", "/item?id=1' or 1=1"]
    lines = []
    for number in range(60):
        path = chance.choice(paths)
        for _ in range(chance.choice([0, 1, 1, 1, 2, 3, 5])):
            path = "".join(chr(byte) if byte < 128 and chr(byte).isalnum() or byte == ord("/")
                           else f"%{byte:02X}" for byte in path.encode())
        lines.append((number, f"203.0.113.{number % 9} GET {path.replace(' ', '+')}"))
    write("requests.txt", lines)


def java(chance):
    """Some errors have a stack trace below them, some messages several lines."""
    loggers = ["web.DispatcherServlet", "orders.OrderService", "mail.Mailer", "db.Pool"]
    causes = ["java.lang.IllegalStateException: order is closed",
              "java.net.SocketTimeoutException: Read timed out",
              "java.sql.SQLException: no connection"]
    lines = [(0, "OpenJDK 64-Bit Server VM warning: Sharing is only supported for boot loader classes")]
    seconds = 0
    for number in range(160):
        seconds += chance.randint(1, 40)
        head = f"{at(seconds):%Y-%m-%d %H:%M:%S},{chance.randint(0, 999):03} "
        tail = f" [exec-{chance.randint(1, 8)}] {chance.choice(loggers)} - "
        kind = chance.random()
        if kind < 0.15:
            said = [f"{head}ERROR{tail}request {number} failed", chance.choice(causes)]
            said += [f"\tat com.example.Layer{depth}.call(Layer{depth}.java:{chance.randint(9, 400)})"
                     for depth in range(chance.randint(3, 8))]
            if chance.random() < 0.4:
                said += ["Caused by: java.io.IOException: Broken pipe",
                         "\tat sun.nio.ch.FileDispatcherImpl.write0(Native Method)", "\t... 9 more"]
        elif kind < 0.25:
            said = [f"{head}WARN {tail}slow request:", "  GET /orders HTTP/1.1", "",
                    f"  took {chance.randint(1000, 9000)} ms"]
        else:
            said = [f"{head}INFO {tail}request {number} took {chance.randint(1, 400)} ms"]
        lines += [(seconds, text) for text in said]
    write("java.log", lines)


def docker(chance):
    """Containers' lines, the long ones split, as docker splits them behind 16 KiB; here behind 160 bytes."""
    streams = [("web", "stdout"), ("web", "stderr"), ("db", "stdout")]
    waiting = {stream: [] for stream in streams}
    for number in range(70):
        text = f"served {number} in {chance.randint(1, 500)} ms\n"
        if chance.random() < 0.2:
            words = " ".join(f"{chance.getrandbits(32):x}" for _ in range(chance.randint(40, 90)))
            text = f"query {number} {words}\n"
        waiting[chance.choice(streams)] += [text[at:at + 160] for at in range(0, len(text), 160)]
    lines = []
    while any(waiting.values()):
        container, stream = key = chance.choice([key for key in streams if waiting[key]])
        row = {"container": container, "stream": stream, "log": waiting[key].pop(0),
               "time": f"{at(len(lines)):%Y-%m-%dT%H:%M:%SZ}"}
        lines.append((len(lines), json.dumps(row, separators=(",", ":"))))
    write("docker.ndjson", lines)


def export(chance):
    """A document with its records in an array, over several lines each."""
    items = [{"id": number, "name": chance.choice(["bolt", "nut [M8]", "washer \"A\", zinc"]),
              "stock": {"home": chance.randint(0, 90), "shop": chance.randint(0, 9)}}
             for number in range(60)]
    document = {"meta": {"count": len(items), "items": []}, "data": {"items": items, "next": None}}
    write("export.json", [(0, json.dumps(document, indent=2))])


if __name__ == "__main__":
    sshd(random.Random(1))
    hdfs(random.Random(2))
    requests(random.Random(3))
    java(random.Random(4))
    docker(random.Random(5))
    export(random.Random(6))
