"""The files that jobs.py has read: the same for the same number of rows."""

import gzip
import json
import random
import subprocess
import time

COUNTRIES = ["DE", "FR", "PT", "IT", "US", "JP", "BR", "IN"]
BASE = 1_767_225_600  # 2026-01-01.


def write(path, lines):
    with open(path, "w", encoding="utf-8") as out:
        out.writelines(lines)


def stamp(seconds, pattern):
    return time.strftime(pattern, time.gmtime(seconds))


def orders(folder, rows):
    draw = random.Random(1)
    write(folder / "orders.csv", ["id,user,country,amount,note\n"] + [
        f"{n},{draw.randrange(1_000_000)},{draw.choice(COUNTRIES)},"
        f"{draw.randrange(100_000) / 100:.2f},note {n % 97} of the order\n" for n in range(rows)])


def orders_and_users(folder, rows):
    orders(folder, rows)
    write(folder / "users.csv", ["user,name,plan\n"] + [
        f"{n},name{n},{'pro' if n % 3 else 'free'}\n" for n in range(0, 1_000_000, 2)])


def stamps(folder, rows):
    write(folder / "stamps.csv", ["id,stamp\n"] + [
        f"{n},{stamp(BASE + n * 31, '%d/%b/%Y:%H:%M:%S')} -0500\n" for n in range(rows)])


def request(draw, n):
    return json.dumps({
        "id": n, "time": stamp(BASE + n // 100, "%Y-%m-%dT%H:%M:%SZ"),
        "path": f"/item/{draw.randrange(2000)}", "status": draw.choice([200, 200, 200, 404, 500]),
        "ms": draw.randrange(20_000) / 10, "agent": "Mozilla/5.0 (X11; Linux x86_64)",
        "user": {"name": f"name{draw.randrange(1000)}",
                 "place": {"city": draw.choice(["Bonn", "Porto", "Lyon"]), "zip": draw.randrange(90_000) + 10_000}}},
        separators=(",", ":"))


def requests(folder, rows):
    draw = random.Random(6)
    write(folder / "requests.ndjson", (request(draw, n) + "\n" for n in range(rows)))


def requests_array(folder, rows):
    draw = random.Random(6)
    write(folder / "requests.json", (f"{',' if n else '['}\n  {request(draw, n)}" for n in range(rows)))
    with open(folder / "requests.json", "a", encoding="utf-8") as out:
        out.write("\n]\n")


def access(folder, rows):
    draw = random.Random(2)
    write(folder / "access.log", (
        f"10.0.{draw.randrange(256)}.{draw.randrange(256)} - - "
        f"[{stamp(BASE + n // 100, '%d/%b/%Y:%H:%M:%S')} +0000] \"GET /item/{draw.randrange(20)} HTTP/1.1\" "
        f"{draw.choice([200, 200, 200, 304, 404, 500])} {draw.randrange(10_000)} "
        f"\"-\" \"curl/8\" {draw.randrange(2000) / 1000:.3f}\n" for n in range(rows)))


def syslog(folder, rows):
    draw = random.Random(7)
    write(folder / "syslog", (
        f"<{draw.randrange(192)}>{stamp(BASE + n, '%b %e %H:%M:%S')} host{draw.randrange(9)} "
        f"sshd[{draw.randrange(30_000)}]: Failed password for user{n % 1000} from 10.0.0.{n % 250} port {n % 60_000}\n"
        for n in range(rows)))


def urls(folder, rows):
    draw = random.Random(8)
    write(folder / "urls.txt", (
        f"https://shop{draw.randrange(90)}.example.com:8443/item/{draw.randrange(9000)}"
        f"?q=word{draw.randrange(9000)}&page={draw.randrange(50)}\n" for n in range(rows)))


def apache(folder, rows):
    draw = random.Random(9)
    write(folder / "error.log", (
        f"[{stamp(BASE + n, '%a %b %d %H:%M:%S %Y')}] [{draw.choice(['error', 'warn', 'notice'])}] " +
        (f"[client 10.0.{draw.randrange(256)}.{n % 256}] File does not exist: /var/www/html/v{n % 997}.php\n"
         if n % 4 else f"jk2_init() Found child {n % 30_000} in scoreboard slot {n % 10}\n") for n in range(rows)))


def xz(folder, rows):
    apache(folder, rows)
    subprocess.run(["xz", "-1", "-T0", "--block-size=4MiB", str(folder / "error.log")], check=True)


def pairs(folder, rows):
    draw = random.Random(5)
    write(folder / "pairs.txt", (
        f"id={n};country={draw.choice(COUNTRIES)};amount={draw.randrange(1000)};text=some words\n"
        for n in range(rows)))


def logfmt(folder, rows):
    draw = random.Random(10)
    write(folder / "logfmt.txt", (
        f"time={stamp(BASE + n, '%Y-%m-%dT%H:%M:%SZ')} level={draw.choice(['info', 'info', 'warn', 'error'])} "
        f"ip=10.0.0.{draw.randrange(256)} path=/item/{draw.randrange(2000)} status={draw.choice([200, 404, 500])} "
        f"ms={draw.randrange(900)}\n" for n in range(rows)))


def traces(folder, rows):
    draw = random.Random(3)
    write(folder / "java.log", (
        f"2026-01-31 12:{n // 60 % 60:02}:{n % 60:02} ERROR request {n}\n" + "".join(
            f"\tat com.example.Service{depth}.call(Service{depth}.java:{depth})\n"
            for depth in range(draw.randrange(18))) for n in range(rows // 10)))


def prose(folder, rows):
    draw = random.Random(11)
    words = [f"word{int(draw.paretovariate(0.7)) % 20_000}" for _ in range(100_000)]
    write(folder / "prose.txt", (" ".join(draw.choice(words) for _ in range(10)) + "\n" for _ in range(rows // 5)))


def western(folder, rows):
    with open(folder / "western.txt", "w", encoding="windows-1252") as out:
        out.writelines(f"{n} Übergrößen à la façon – 20 € «naïve»\n" for n in range(rows))


def many_gz(folder, rows):
    (folder / "gz").mkdir()
    draw = random.Random(4)
    for n in range(1000):
        text = "".join(f"{n} {i} {draw.random()}\n" for i in range(rows // 1000))
        with gzip.open(folder / "gz" / f"{n:04}.gz", "wt", compresslevel=1) as out:
            out.write(text)


def numbers(folder, rows):
    write(folder / "numbers.txt", (f"{n}\n" for n in range(min(rows, 4000))))
