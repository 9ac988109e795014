#!/usr/bin/env python3
"""Counts the instructions that parsers take for a record, and those of `regex.match` with a pattern
that finds the same fields in the same lines; what a record costs beside is counted apart and
subtracted. On one thread, as instructions.py counts.

Usage: parsers.py WEIR [NAME ...]     WEIR is build/release/bin/weir, with bench/preload.so built
"""

import sys
from pathlib import Path

sys.dont_write_bytecode = True

from counting import Counter, Failed, Pipeline, cores  # noqa: E402

RECORDS = 20_000


def clock(number):
    return f"{number // 3600 % 24:02}:{number // 60 % 60:02}:{number % 60:02}"


def logfmt(chance, number):
    return (f"time=2026-01-01T{clock(number)}Z level={chance.one_of(['info', 'error'])} ip=10.0.0.{chance.number(256)} "
            f"path=/item/{chance.number(2000)} status={chance.one_of([200, 500])} ms={chance.number(900)}\n")


def pairs(chance, number):
    return f"id={number};country=DE;amount={chance.number(1000)};text=some words\n"


def url(chance, number):
    return (f"https://shop{chance.number(90)}.example.com:8443/item/{chance.number(9000)}"
            f"?q=word{number}&page={chance.number(50)}\n")


def syslog(chance, number):
    return (f"<{chance.number(192)}>Jan  3 {clock(number)} host{chance.number(9)} sshd[{number}]: "
            f"Failed password for user{number % 1000} from 10.0.0.{number % 250}\n")


def combined(chance, number):
    return (f"10.0.0.{chance.number(256)} - - [01/Jan/2026:{clock(number)} +0000] \"GET /item/{chance.number(20)} "
            f"HTTP/1.1\" 200 {chance.number(10_000)} \"-\" \"Mozilla/5.0 (X11; Linux x86_64) Firefox/126.0\"\n")


def request(chance, number):
    return f"10.0.0.{chance.number(256)} GET /item/{chance.number(2000)} 0.{number % 1000:03}\n"


def fields(text, value=r"\S+"):
    return " ".join(f"{name}=(?P<{name}>{value})" for name in text.split())


# A parser as a stage, the pattern, its types, and the lines.
PARSERS = {
    "logfmt.parse": ("logfmt.parse", "^" + fields("time level ip path status ms") + "$", "", logfmt),
    "kv.parse": ("kv.parse\n    with: { separator: ';' }",
                 "^id=(?P<id>[^;]*);country=(?P<country>[^;]*);amount=(?P<amount>[^;]*);text=(?P<text>[^;]*)$", "", pairs),
    "url.parse": ("url.parse", r"^(?P<scheme>\w+)://(?P<host>[^:/]+):(?P<port>\d+)(?P<path>[^?]*)\?"
                  "q=(?P<q>[^&]*)&page=(?P<page>.*)$", "port: integer", url),
    "syslog.parse": ("syslog.parse\n    with: { reference: 2026-06-01 }",
                     r"^<(?P<pri>\d+)>(?P<time>\w+ +\d+ [0-9:]+) (?P<host>\S+) (?P<app>\w+)\[(?P<pid>\d+)\]: "
                     "(?P<message>.*)$", "pri: integer", syslog),
    "access_log.parse": ("access_log.parse", r'^(?P<ip>\S+) - (?P<user>\S+) \[(?P<time>[^]]+)\] "(?P<method>\S+) '
                         r'(?P<path>\S+) (?P<protocol>[^"]*)" (?P<status>\d+) (?P<bytes>\d+) "(?P<referer>[^"]*)" '
                         '"(?P<agent>[^"]*)"$', "status: integer, bytes: integer", combined),
    "grok.match": ("grok.match\n    with: { pattern: '%{NOTSPACE:client} %{WORD:method} %{NOTSPACE:path} %{NUMBER:seconds:float}' }",
                   r"(?P<client>\S+) (?P<method>\b\w+\b) (?P<path>\S+) "
                   r"(?P<seconds>(?:[+-]?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)))", "seconds: number", request),
}


def counted(counter, name, stage, line):
    """Instructions a record, from the reading to a count."""
    file = counter.folder / f"{name}.yaml"
    file.write_text("params: { input: { default: '-' }, output: { default: '-' } }\n"
                    "stages:\n  - uses: file.read\n    with: { path: '${params.input}' }\n" + stage +
                    "  - uses: count\n  - uses: json.format\n"
                    "  - uses: file.write\n    with: { path: '${params.output}' }\n")
    return counter.per_record(Pipeline(str(file), RECORDS, line), cores()[0])


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    counter = Counter(Path(sys.argv[1]).resolve())
    print("| | parser | regex.match | ratio |\n|---|---:|---:|---:|")
    for name, (stage, pattern, types, line) in PARSERS.items():
        if sys.argv[2:] and name not in sys.argv[2:]:
            continue
        rest = counted(counter, "nothing", "", line)
        parser = counted(counter, name, f"  - uses: {stage}\n", line) - rest
        regex = counted(counter, name + "-regex", "  - uses: regex.match\n    with:\n"
                        f"      pattern: '{pattern}'\n      types: {{ {types} }}\n", line) - rest
        print(f"| {name} | {parser:,.0f} | {regex:,.0f} | {parser / regex:.2f} |", flush=True)


if __name__ == "__main__":
    try:
        main()
    except Failed as failed:
        sys.exit(str(failed))
