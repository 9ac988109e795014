"""The program as the tests call it; its path is their first argument."""

import os
import pathlib
import subprocess
import sys
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[3]
WEIR = sys.argv[1]
LINE = "json.parse | filter status >= 400 | csv.format time,path"
PATIENCE = 30  # Seconds; what is waited for takes far less.
SAMPLE = (ROOT / "samples" / "data" / "access.ndjson").read_text()


def weir(*arguments, stdin="", env=None, cwd=ROOT):
    return subprocess.run([WEIR, *arguments], input=stdin, capture_output=True, text=True,
                          encoding="utf-8", cwd=cwd, check=False,
                          env={**os.environ, **env} if env else None)


def number(text):
    """1234 of '1,234'."""
    return int(text.replace(",", ""))


class ProgramTest(unittest.TestCase):
    maxDiff = 4000

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def file(self, name, text=None):
        path = pathlib.Path(self.folder.name) / name
        if text is not None:
            path.write_text(text)
        return str(path)

    def tool(self, name, script):
        """A folder for PATH that holds this tool, beside those of the system."""
        path = pathlib.Path(self.folder.name) / "bin" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        return f"{path.parent}:/usr/bin:/bin"

    def bad_lines(self):
        return self.file("bad.ndjson", '{"a":1}\n{"a":\n{"a":3}\n')


class ProcessTest(unittest.TestCase):
    """Runs that are watched, and ended from outside."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def launch(self, *arguments, **options):
        process = subprocess.Popen([WEIR, *arguments], stdout=subprocess.DEVNULL,
                                   stderr=subprocess.PIPE, text=True, **options)
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def gone(self, pid):
        """Whether the process has ended, be it waited for or not."""
        try:
            state = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return True
        return state in "ZX"

    def until(self, true):
        """Waits for something that is sure to happen."""
        end = time.monotonic() + PATIENCE
        while not true():
            self.assertLess(time.monotonic(), end, "it never happened")
            time.sleep(0.005)
