"""Runs a pipeline under callgrind, and says how many instructions it takes for a record."""

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Optional

import counted_inputs
from contest import BENCH

COLLECTED = re.compile(r"Collected : (\d+)")
LONGEST = 300  # Seconds; a run takes three to ten.

# What the C library and simdjson pick by the processor, of those that every x86-64 has.
FEATURES = ":".join(["glibc.cpu.hwcaps=-AVX2,-AVX,-AVX_Fast_Unaligned_Load,-ERMS,-FSRM",
                     "glibc.cpu.x86_non_temporal_threshold=0xc0000"])
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "GLIBC_TUNABLES": FEATURES,
               "SIMDJSON_FORCE_IMPLEMENTATION": "westmere"}


class Failed(Exception):
    """No count can be had; says why."""


@dataclass
class Pipeline:
    file: str  # In bench/.
    records: int
    line: Optional[Callable] = None  # Of input; bench.ints makes its own.

    @property
    def name(self):
        return Path(self.file).stem


PIPELINES = [
    Pipeline("w1.yaml", 1_000_000),
    Pipeline("w4.yaml", 60_000, counted_inputs.waits),
    Pipeline("w5.yaml", 60_000, counted_inputs.access),
    Pipeline("instructions/csv.yaml", 60_000, counted_inputs.orders),
    Pipeline("instructions/regex.yaml", 60_000, counted_inputs.errors),
    Pipeline("instructions/route.yaml", 60_000, counted_inputs.requests),
    Pipeline("instructions/diamond.yaml", 60_000, counted_inputs.requests),
    Pipeline("instructions/window.yaml", 60_000, counted_inputs.requests),
]


class Counter:
    """Works in a folder beside the programs. On one core, as if there were no other: how many there
    are decides how oneTBB and malloc set themselves up."""

    def __init__(self, weir):
        self.weir = weir
        self.bench = weir.parent.parent / "bench"
        self.folder = self.bench / "instructions"
        self.folder.mkdir(exist_ok=True)

    def per_record(self, pipeline, core):
        """What further records take: start and end are in both runs, and cancel out."""
        few = pipeline.records // 5
        more = self.run(pipeline, pipeline.records, core) - self.run(pipeline, few, core)
        return more / (pipeline.records - few)

    def run(self, pipeline, records, core):
        profile = self.profile(pipeline) if records == pipeline.records else "/dev/null"
        command = ["taskset", "--cpu-list", str(core), "valgrind", "--tool=callgrind",
                   "--fair-sched=yes", f"--callgrind-out-file={profile}",
                   *self.program(pipeline, records)]
        environment = {**ENVIRONMENT, "LD_PRELOAD": str(self.bench / "preload.so")}
        try:
            done = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL,
                                  capture_output=True, text=True, timeout=LONGEST)
        except subprocess.TimeoutExpired:
            raise Failed(f"{pipeline.name}: did not end in {LONGEST} s") from None
        found = COLLECTED.search(done.stderr)
        if done.returncode != 0 or not found:
            raise Failed(f"{pipeline.name}: exit code {done.returncode}\n{done.stderr}")
        return int(found[1])

    def profile(self, pipeline):
        return self.folder / f"{pipeline.name}.callgrind"

    def program(self, pipeline, records):
        file = str(BENCH / pipeline.file)
        if not pipeline.line:
            return [str(self.bench / "weir_bench"), file, "--threads", "1", "--items", str(records)]
        source = self.folder / f"{pipeline.name}-{records}"
        counted_inputs.write(source, pipeline.line, records)
        return [str(self.weir), "run", "--threads", "1", file, f"--input={source}",
                f"--output={self.folder / pipeline.name}.out"]


def cores():
    return sorted(os.sched_getaffinity(0))
