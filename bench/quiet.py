"""Measures while nothing else works on the machine, as far as that can be had."""

import os
import resource
import time

SHARE = 0.1  # Of the machine that others may take.


def busy():
    """Seconds that all processors have worked."""
    with open("/proc/stat", encoding="ascii") as file:
        fields = [int(field) for field in file.readline().split()[1:9]]
    return (sum(fields) - fields[3] - fields[4]) / os.sysconf("SC_CLK_TCK")


def own():
    """CPU seconds of the processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


class Quiet:
    """Waits at most `patience` seconds for each run."""

    def __init__(self, patience):
        self.patience = patience
        self.disturbed = 0  # Runs that were taken although others worked.

    def wait(self, until):
        while time.monotonic() < until:
            before = busy()
            time.sleep(0.2)
            if busy() - before < SHARE * 0.2 * os.cpu_count() + 0.011:  # One tick is no work.
                return

    def measure(self, run):
        """(what is wrong, seconds, CPU seconds) of run(), which returns the first; it is repeated
        while others disturb it."""
        until = time.monotonic() + self.patience
        while True:
            self.wait(until)
            before, mine, start = busy(), own(), time.perf_counter()
            problem = run()
            took = time.perf_counter() - start
            cpu = own() - mine
            others = busy() - before - cpu
            if problem or others < SHARE * took * os.cpu_count() + 0.011:
                return problem, took, cpu
            if time.monotonic() > until:
                self.disturbed += 1
                return None, took, cpu
