"""What the program makes of standard streams that are closed, full, slow, or gone.

Usage: streams_test.py WEIR
"""

import fcntl
import os
import pathlib
import subprocess
import sys
import threading
import unittest

from program import LINE, ROOT, SAMPLE, WEIR, ProgramTest, weir

COPY = "stages:\n  - uses: generate\n    with: { count: %d, format: text }\n" \
       "  - uses: file.write\n    with: { path: '%s' }\n"
CLOSED = "it is not open for writing"


def shell(script, *arguments, env=None):
    """The program is $0, so that the shell can close its streams."""
    return subprocess.run(["sh", "-c", script, WEIR, *arguments], capture_output=True, text=True,
                          cwd=ROOT, check=False, env={**os.environ, **env} if env else None)


class Streams(ProgramTest):
    def shows(self):
        """Command lines that write to standard output and no records."""
        yaml = "configs/access-errors.yaml"
        return [["--help"], ["--version"], ["run", "--help"], ["check", "--help"], [],
                ["list"], ["schema"], ["schema", yaml], ["describe", "generate"], ["describe", "--markdown"], ["check", yaml],
                ["try", yaml], ["explain", yaml], ["graph", yaml], ["graph", yaml, "--dot"],
                ["run", yaml, "--help"], ["run", "-e", LINE, "--print-yaml"]]

    def test_what_cannot_be_shown_is_said_and_no_success(self):
        for arguments in self.shows():
            with self.subTest(arguments=arguments):
                full = shell('"$0" "$@" > /dev/full', *arguments)
                self.assertEqual(full.returncode, 1)
                self.assertIn("weir: cannot write 'stdout': No space left on device\n", full.stderr)
                closed = shell('"$0" "$@" >&-', *arguments)
                self.assertEqual(closed.returncode, 1)
                self.assertIn(f"weir: cannot write 'stdout': {CLOSED}\n", closed.stderr)

    def test_a_reader_that_has_seen_enough_is_no_news(self):
        for arguments in self.shows():
            with self.subTest(arguments=arguments):
                reading, writing = os.pipe()
                os.close(reading)
                done = subprocess.run([WEIR, *arguments], stdout=writing, stderr=subprocess.PIPE,
                                      text=True, cwd=ROOT, check=False)
                os.close(writing)
                self.assertEqual(done.returncode, 1)
                self.assertNotIn("cannot write", done.stderr)

    def test_records_for_a_closed_stdout_fail_the_run_before_anything_is_read(self):
        for path in ("-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"):
            file = self.file("p.yaml", COPY % (1000, path))
            for closing in (">&-", "<&- >&-", "1< /dev/null"):
                with self.subTest(path=path, closing=closing):
                    done = shell(f'"$0" run "$1" {closing}', file)
                    self.assertEqual(done.returncode, 1)
                    self.assertIn(CLOSED, done.stderr)
                    self.assertRegex(done.stderr, r"\n  read +0 ")

    def test_a_closed_stdin_is_no_empty_input(self):
        for path in ("-", "/dev/stdin", "/dev/fd/0"):
            with self.subTest(path=path):
                done = shell(f'"$0" run -e "file.read {path} | take 9" <&-')
                self.assertEqual((done.returncode, done.stdout), (1, ""))
                self.assertIn("it is not open for reading", done.stderr)

    def test_no_file_takes_the_number_of_a_closed_stream(self):
        out = self.file("out")
        for closing in (">&-", "<&- >&-", "<&- >&- 2>&-", "2>&-"):
            with self.subTest(closing=closing):
                done = shell(f'"$0" run -e "file.read {__file__} | file.write {out}" {closing}')
                self.assertEqual((done.returncode, done.stdout), (0, ""))
                self.assertEqual(pathlib.Path(out).read_text(), pathlib.Path(__file__).read_text())

    def test_without_a_report_the_exit_code_still_tells(self):
        for redirect in ("2>&-", "2> /dev/full"):
            with self.subTest(redirect=redirect):
                self.assertEqual(shell(f'"$0" check README.md {redirect}').returncode, 2)
                done = shell(f'"$0" run -e "file.read no.such" {redirect}')
                self.assertEqual(done.returncode, 1)

    def test_output_that_does_not_block_loses_nothing(self):
        count = 100_000
        file = self.file("p.yaml", COPY % (count, "-"))
        reading, writing = os.pipe()
        fcntl.fcntl(writing, fcntl.F_SETFL, os.O_NONBLOCK)
        fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, 4096)
        got = []
        with subprocess.Popen([WEIR, "run", file], stdout=writing, stderr=subprocess.PIPE) as process:
            os.close(writing)
            reader = threading.Thread(
                target=lambda: got.append(os.fdopen(reading, "rb").read()))
            reader.start()
            report = process.stderr.read()
            reader.join()
        self.assertEqual(process.returncode, 0, report)
        self.assertEqual(got[0].count(b"\n"), count)

    def test_a_report_on_a_terminal_that_does_not_block_is_whole(self):
        reading, writing = os.pipe()
        fcntl.fcntl(writing, fcntl.F_SETFL, os.O_NONBLOCK)
        fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, 4096)
        got = []
        bad = self.file("bad.yaml", "stages:\n" + "  - uses: nothing.like\n" * 200)
        with subprocess.Popen([WEIR, "check", bad], stderr=writing) as process:
            os.close(writing)
            reader = threading.Thread(
                target=lambda: got.append(os.fdopen(reading, "rb").read()))
            reader.start()
            process.wait()
            reader.join()
        self.assertEqual(process.returncode, 2)
        self.assertGreater(len(got[0]), 4096)
        self.assertRegex(got[0], rb"\n1 file: \d+ errors\n$")

    def test_a_descriptor_of_the_shell_is_written_where_it_stands(self):
        out = self.file("out")
        for path in ("-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1", "/proc/thread-self/fd/1"):
            file = self.file("p.yaml", COPY % (2, path))
            with self.subTest(path=path):
                done = shell('{ echo before; "$0" run -q "$1"; echo behind; } > "$2"', file, out)
                self.assertEqual((done.returncode, done.stderr), (0, ""))
                lines = pathlib.Path(out).read_text().splitlines()
                self.assertEqual((len(lines), lines[0], lines[-1]), (4, "before", "behind"))
                self.assertFalse(pathlib.Path(out + ".partial").exists())
        file = self.file("p.yaml", COPY % (2, "/dev/fd/3"))
        self.assertEqual(shell('"$0" run -q "$1" 3> "$2"', file, out).returncode, 0)
        self.assertEqual(len(pathlib.Path(out).read_text().splitlines()), 2)
        done = shell('"$0" run -q "$1"', file)
        self.assertEqual(done.returncode, 1)
        self.assertIn("cannot write '/dev/fd/3': it is not open for writing", done.stderr)

    def test_of_a_stdin_that_was_read_in_part_the_rest_is_read(self):
        for path in ("-", "/dev/stdin", "/dev/fd/0"):
            with self.subTest(path=path):
                script = f'{{ read line; "$0" run -q -e "file.read {path}"; }} < "$1"'
                done = shell(script, self.file("in", "a\nb\nc\n"))
                self.assertEqual((done.returncode, done.stdout), (0, "b\nc\n"))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
