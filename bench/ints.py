"""W1 to W3: programs that print `seconds items checksum peak_rss_kib`."""

import subprocess

from contest import BENCH, Contestant, note, present, take_turns, verdict


def run_program(contestant):
    done = subprocess.run(contestant.command, capture_output=True, text=True)
    if done.returncode != 0:
        return (done.stderr.strip() or f"exit code {done.returncode}").splitlines()[0]
    seconds, _, checksum, rss = done.stdout.split()
    if contestant.checksum not in (None, checksum):
        return "another checksum than in the last round"
    contestant.checksum = checksum
    contestant.rss = max(contestant.rss, int(rss))
    contestant.seconds.append(float(seconds))
    return None


def ints_contestants(options, workload, items, spin, batches, windows):
    """The serial loop first."""
    programs = options.programs
    common = ["--items", str(items), "--spin", str(spin)]

    def peer(name, program, *more, threads=options.threads):
        path = f"{programs}/{program}"
        command = [path, workload, *common, "--threads", str(threads), *map(str, more)]
        return Contestant(name, command, [path])

    rows = [peer("serial loop", "hand", threads=1)]
    for batch in batches:
        for window in windows:
            label = f", window {window}" if len(windows) > 1 else f", batches of {batch:,}"
            shape = ("--batch", batch, "--window", window)
            rows.append(peer("hand" + label, "hand", *shape))
            rows.append(peer("parallel_pipeline" + label, "parallel_pipeline", *shape))
            if batch == 1024:
                continue
            go = "go_peer"
            rows.append(peer("Go, map" + label, go, "--pattern", "map", *shape))
            rows.append(peer("Go, channels" + label, go, "--pattern", "channels", *shape))
    weir = [f"{programs}/weir_bench", f"{BENCH}/{workload.lower()}.yaml", *common,
            "--threads", str(options.threads)]
    rows.append(Contestant("**weir**", weir, [weir[0]]))
    return rows


def measure_ints(options, contestants):
    contestants, failed = take_turns(present(contestants), options.rounds, run_program)
    expected = contestants[0].checksum
    for contestant in contestants:
        if contestant.checksum != expected:
            note(f"  {contestant.name}: FAILED, its results are not those of the serial loop")
            failed = True
    return [c for c in contestants if c.checksum == expected], failed


def spin_for(options, ns):
    command = [f"{options.programs}/hand", "calibrate", "--ns", str(ns)]
    return int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def overhead(options):
    items = 200_000 if options.quick else 2_000_000
    note(f"W1: {items:,} items of 10 ns")
    rows = ints_contestants(options, "W1", items, spin_for(options, 10), [1024, 256, 1], [64])
    rows, failed = measure_ints(options, rows)
    hand = next(r for r in rows if r.name == "hand, batches of 1,024")
    lines = [f"## W1 overhead: {items:,} integers, a parallel stage of 10 ns, in order", "",
             "| | ns an item | to hand | spread |", "|---|---:|---:|---:|"]
    for row in sorted(rows, key=lambda r: r.median):
        lines.append(f"| {row.name} | {row.median / items * 1e9:.1f} | "
                     f"{row.median / hand.median:.2f} | {row.spread:.0%} |")
    lines += ["", verdict(rows, lambda r: r.median / hand.median, 1.5, lambda a, b: a <= b,
                          "at most 1.5 times hand in batches of 1,024")]
    return lines, failed


def efficiency(options, workload, title, batches, windows, targets):
    lines = [f"## {title}", "", "Efficiency: the serial loop's time, divided by the "
             f"{options.threads} threads, by the time taken."]
    failed = False
    for us, target in targets:
        items = (20_000 if options.quick else 200_000) // us
        note(f"{workload}: {items:,} items of {us} us")
        rows = ints_contestants(options, workload, items, spin_for(options, 1000 * us), batches,
                                windows)
        rows, bad = measure_ints(options, rows)
        failed = failed or bad
        ideal = rows[0].median / options.threads
        lines += ["", f"| {us} us an item | efficiency | ms | spread |", "|---|---:|---:|---:|"]
        for row in sorted(rows[1:], key=lambda r: r.median):
            lines.append(f"| {row.name} | {ideal / row.median:.2f} | {row.median * 1e3:.1f} | "
                         f"{row.spread:.0%} |")
        lines += ["", verdict(rows, lambda r: ideal / r.median, target, lambda a, b: a >= b,
                              f"at least {target}")]
    return lines, failed
