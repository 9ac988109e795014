"""Contestants: what they ran, how they took turns, what is said about it."""

import shutil
import statistics
import sys
from pathlib import Path

BENCH = Path(__file__).resolve().parent


class Contestant:
    """One row of a table: a command, and what it measured in each round."""

    def __init__(self, name, command, needs, share=1):
        self.name = name
        self.command = command
        self.needs = needs
        self.share = share  # W5: it reads 1/share of the input.
        self.seconds = []
        self.checksum = None
        self.rss = 0

    @property
    def median(self):
        return statistics.median(self.seconds)

    @property
    def spread(self):
        return (max(self.seconds) - min(self.seconds)) / self.median


def note(text):
    print(text, file=sys.stderr, flush=True)


def missing(needs):
    """What of `needs`, paths and commands, is not there."""
    return [n for n in needs if not (Path(n).exists() if "/" in n else shutil.which(n))]


def present(contestants):
    found = []
    for contestant in contestants:
        absent = missing(contestant.needs)
        if absent:
            note(f"  {contestant.name}: skipped, no {', '.join(Path(a).name for a in absent)}")
        else:
            found.append(contestant)
    return found


def take_turns(contestants, rounds, once):
    """Calls once(contestant), which says what is wrong or nothing; drops those that fail."""
    broken = set()
    for number in range(rounds):
        note(f"  round {number + 1} of {rounds}")
        for contestant in contestants:
            if contestant in broken:
                continue
            problem = once(contestant)
            if problem:
                note(f"  {contestant.name}: FAILED, {problem}")
                broken.add(contestant)
    return [c for c in contestants if c not in broken], bool(broken)


def verdict(contestants, value, bound, better, text):
    """The line under a table that compares weir with its target."""
    weir = next((c for c in contestants if c.name == "**weir**"), None)
    if weir is None:
        return f"Target: {text}. weir was not measured."
    good = better(value(weir), bound)
    return f"Target: {text}. weir: {value(weir):.2f}, {'reached' if good else 'not reached'}."
