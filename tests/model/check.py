#!/usr/bin/env python3
"""Checks the models of the engine's core with spin, exhaustively, and that the check can fail.

Each model is checked as it stands, in some configurations, and then with one rule broken at a time
(-DBREAK_...), where spin must find an error, and of the kind that the rule prevents.

Usage: check.py [--only order|attempts|race] [--jobs N] [--verbose]; exit code 77: there is no spin.
"""

import argparse
import concurrent.futures
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

MODELS = pathlib.Path(__file__).resolve().parent
CC = os.environ.get("CC", "cc")
MEMORY_MB = 900
SKIPPED = 77
STUCK, WRONG = "invalid end state", "assertion violated"

SMALL = ["TOKENS=2", "CREDITS_A=1"]  # The source waits for credits, a token for slots.
TINY = SMALL + ["RECORDS=1", "FAILURES=0"]
WIDE = ["RECORDS=1", "FAILURES=2"]  # Tokens overtake each other in both regions.

HOLDS = {
    "order": [SMALL, WIDE, ["WORKERS=1"]],
    "attempts": [
        [],
        ["ABANDON", "HEDGES=0"],
        ["ABANDON", "RECORDS=1"],
        ["SLOTS=2", "RECORDS=3", "TRIES=1", "HEDGES=0"],
        ["SLOTS=2", "TRIES=1"],
        ["NO_TIMEOUT"],  # Deadlines alone save what hangs.
    ],
    "race": [[], ["ROOM=2"]],
}

# (macro, configuration, what spin must find)
BREAKS = {
    "order": [
        ("BREAK_NO_SECOND_LOOK", TINY, STUCK),
        ("BREAK_OUTPUT_NO_SECOND_LOOK", SMALL, STUCK),
        ("BREAK_DRAIN_NO_SECOND_LOOK", SMALL, STUCK),
        ("BREAK_WAKE_BEFORE_STORE", SMALL, STUCK),
        ("BREAK_WAKE_WITHOUT_SWAP", TINY, WRONG),
        ("BREAK_BODY_WAITS", SMALL + ["WORKERS=1"], STUCK),
        ("BREAK_EMPTY_TOKEN_VANISHES", WIDE, STUCK),
        ("BREAK_NO_SEQUENCER", WIDE, WRONG),
        ("BREAK_DRAIN_BEFORE_HEAD", SMALL, WRONG),
        ("BREAK_CREDIT_TWICE", SMALL, WRONG),
        ("BREAK_CREDIT_WHEN_DRAINED", SMALL, WRONG),
        ("BREAK_BOOK_EACH_CHILD", SMALL, WRONG),
        ("BREAK_NO_CUT", SMALL, WRONG),
        ("BREAK_CUT_AFTER_DONE", SMALL, WRONG),
    ],
    "attempts": [
        ("BREAK_NO_FIRST_WINS", [], WRONG),
        ("BREAK_REUSE_WHEN_DETACHED", [], WRONG),
        ("BREAK_LOSERS_NOT_DETACHED", ["NO_TIMEOUT"], STUCK),
        ("BREAK_NO_GENERATION", [], WRONG),
        ("BREAK_ANSWER_AFTER_DONE", [], WRONG),
        ("BREAK_LATE_ANSWER_GIVES_PERMIT", [], WRONG),
        ("BREAK_ABANDON_IGNORES_DONE", ["ABANDON", "HEDGES=0"], WRONG),
        ("BREAK_DRAIN_BEFORE_HEAD", ["SLOTS=2", "TRIES=1", "HEDGES=0"], WRONG),
        ("BREAK_CREDIT_TWICE", ["TRIES=1", "HEDGES=0"], WRONG),
    ],
    "race": [
        ("BREAK_NO_SWEEP", [], STUCK),
        ("BREAK_NO_TELL_HEAD", [], STUCK),
        ("BREAK_WAIT_FOR_ALL", [], STUCK),
        ("BREAK_NO_WAIT_FOR_EARLIER", ["ROOM=2"], WRONG),
        ("BREAK_NO_WAIT_FOR_OTHERS", [], WRONG),
        ("BREAK_LOSERS_COME_IN", [], WRONG),
    ],
}


def verify(model, macros):
    """What the verifier prints."""
    with tempfile.TemporaryDirectory() as folder:
        defines = [f"-D{macro}" for macro in macros]
        commands = [
            ["spin", *defines, "-a", str(MODELS / f"{model}.pml")],
            [CC, "-O2", "-w", "-DSAFETY", "-DCOLLAPSE", f"-DMEMLIM={MEMORY_MB}", "-o", "pan",
             "pan.c"],
            ["./pan", "-m100000"],
        ]
        for command in commands:
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300)
            if done.returncode != 0:
                return f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}"
        return done.stdout


def problem_of(output, wanted):
    """Why the output is not what it should be, or nothing. `wanted`: the error, or None."""
    errors = re.search(r"errors: (\d+)", output)
    if not errors or "max search depth too small" in output:
        return "the search did not end:\n" + output
    if wanted is None:
        if int(errors[1]) or "Search not completed" in output:
            return "spin found an error:\n" + output
        return None
    if not re.search(rf"pan:\d+: {wanted}", output):
        return f"expected '{wanted}', got:\n{output}"
    return None


def figures(output):
    states = re.search(r"([\d.e+]+) states, stored", output)
    return f"{float(states[1]):,.0f} states" if states else ""


def check(case):
    model, macros, wanted = case
    output = verify(model, macros)
    return problem_of(output, wanted), figures(output)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--only", choices=sorted(HOLDS))
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    if not shutil.which("spin"):
        print("skipped: spin is not installed (apt-get install spin)")
        return SKIPPED
    cases = []
    for model in [options.only] if options.only else sorted(HOLDS):
        cases += [(model, macros, None) for macros in HOLDS[model]]
        cases += [(model, [name, *macros], wanted) for name, macros, wanted in BREAKS[model]]
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for case, (problem, seen) in zip(cases, pool.map(check, cases)):
            model, macros, wanted = case
            verdict = "FAILED" if problem else f"{wanted or 'holds'}, {seen}"
            print(f"{model} {' '.join(macros)}: {verdict}", flush=True)
            if problem:
                failed += 1
                print(problem if options.verbose else problem[:2000], flush=True)
    print(f"{len(cases)} cases, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
