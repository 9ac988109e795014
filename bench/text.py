"""W5: commands that read a log and write a CSV file; the time is that of the whole process."""

import filecmp
import subprocess
import sys
import time
from pathlib import Path

from contest import BENCH, Contestant, note, present, take_turns, verdict

MAWK = """mawk -F'"' 'substr($19, 2, 3) >= 400 { print $4 "," $8 "," $16 }'"""
JQ = """jq -r 'select(.status >= 400) | "\\(.time),\\(.ip),\\(.path)"'"""
HEADER = "echo time,ip,path"


def text_contestants(options, slow):
    programs = options.programs
    threads = ["--threads", str(options.threads)]
    parallel = f"parallel --will-cite -k -j {options.threads} --pipepart --block 10M -a {{input}}"

    def own(name, program, mode):
        path = f"{programs}/{program}"
        command = [path, mode, "--input", "{input}", "--output", "{output}", *threads]
        return Contestant(name, command, [path])

    def shell(name, command, needs, share=1):
        return Contestant(name, ["sh", "-c", f"({HEADER}; {command}) > {{output}}"], needs, share)

    return [
        own("hand", "hand_w5", "W5"),
        own("parallel_pipeline, hand's work", "parallel_pipeline", "W5"),
        own("**weir**", "weir_bench", f"{BENCH}/w5.yaml"),
        own("Go, channels, encoding/json", "go_peer", "W5"),
        shell("mawk", f"{MAWK} {{input}}", ["mawk"]),
        shell("parallel -k mawk", f"{parallel} {quoted(MAWK)}", ["parallel", "mawk"]),
        shell("jq", f"{JQ} {{input}}", ["jq"], slow),
        shell("parallel -k jq", f"{parallel} {quoted(JQ)}", ["parallel", "jq"], slow),
    ]


def quoted(command):
    return "'" + command.replace("'", "'\\''") + "'"


def make_input(options, size):
    path = Path(options.directory) / f"access-{size}.ndjson"
    if not path.exists():
        note(f"  making {path}")
        partial = path.with_suffix(".partial")
        with open(partial, "wb") as out:
            subprocess.run([f"{options.programs}/make_log", str(size), "1"], stdout=out, check=True)
        partial.rename(path)
    return path


def run_command(contestant, source, output, expected):
    places = {"{input}": str(source), "{output}": str(output)}
    command = []
    for word in contestant.command:
        for place, path in places.items():
            word = word.replace(place, path)
        command.append(word)
    output.unlink(missing_ok=True)
    start = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    out, err = child.communicate()
    seconds = time.perf_counter() - start
    if child.returncode != 0:
        return (err.decode(errors="replace").strip() or f"exit code {child.returncode}").split("\n")[0]
    if expected and not filecmp.cmp(output, expected, shallow=False):
        return f"its output is not hand's, see {output}"
    if out:
        contestant.rss = max(contestant.rss, int(out.split()[3]))
    contestant.seconds.append(seconds)
    return None


def text(options):
    whole = options.size or (64_000_000 if options.quick else 1_000_000_000)
    slow = 4 if options.quick else 16
    note(f"W5: {whole:,} bytes of NDJSON")
    sources = {1: make_input(options, whole), slow: make_input(options, whole // slow)}
    rows = present(text_contestants(options, slow))
    expected = {}
    for share, source in sources.items():  # hand's output is the reference; this also warms up
        expected[share] = Path(options.directory) / f"expected-{share}.csv"
        problem = run_command(Contestant("hand", rows[0].command, []), source, expected[share], None)
        if problem:
            sys.exit(f"hand: {problem}")

    def once(contestant):
        output = Path(options.directory) / "output.csv"
        return run_command(contestant, sources[contestant.share], output,
                           expected[contestant.share])

    rows, failed = take_turns(rows, options.rounds, once)
    return text_table(rows, {share: path.stat().st_size for share, path in sources.items()}), failed


def text_table(rows, sizes):
    def speed(row):
        return sizes[row.share] / row.median / 1e6

    hand = speed(rows[0])
    lines = [f"## W5 text: {sizes[1] / 1e9:.2f} GB of NDJSON, status >= 400, three fields, CSV in "
             "order", "", "| | MB/s | to hand | peak RSS, MB | spread |", "|---|---:|---:|---:|---:|"]
    for row in sorted(rows, key=speed, reverse=True):
        rss = f"{row.rss / 1024:.0f}" if row.rss else ""
        part = f" (1/{row.share} of the input)" if row.share > 1 else ""
        lines.append(f"| {row.name}{part} | {speed(row):,.0f} | {speed(row) / hand:.2f} | {rss} | "
                     f"{row.spread:.0%} |")
    lines.append("")
    lines.append(verdict(rows, lambda r: max(speed(r) / 1500, speed(r) / hand / 0.45), 1,
                         lambda a, b: a >= b, "1,500 MB/s or 0.45 of hand, as a share of either"))
    lines.append(verdict(rows, lambda r: r.rss / 1024, 64, lambda a, b: a < b,
                         "peak RSS under 64 MB"))
    return lines
