"""However the process is made to end, it says so, and never with exit code 0 without a run.

Usage: ends_test.py WEIR PLUGINS
"""

import os
import pathlib
import resource
import signal
import subprocess
import sys
import unittest

from program import PATIENCE, ProcessTest, WEIR

PLUGINS = pathlib.Path(sys.argv[2])


class Ends(ProcessTest):
    def setUp(self):
        super().setUp()
        self.output = self.folder / "out"

    def pipeline(self, how="no", at="", plugin="ends.so", source="count: 10", output=None,
                 drain="300ms"):
        path = self.folder / "pipeline.yaml"
        path.write_text(f"""
plugins: [{PLUGINS / plugin if plugin else '/none'}]
limits: {{ drain: {drain} }}
stages:
  - {{ uses: generate, with: {{ {source}, format: text, text: "{{n}}" }} }}
  - {{ uses: ends, with: {{ how: {how}, at: "{at}" }} }}
  - {{ uses: file.write, with: {{ path: "{output or self.output}" }} }}
""")
        return str(path)

    def weir(self, *arguments, **options):
        return subprocess.run([WEIR, *arguments], capture_output=True, text=True, check=False,
                              timeout=PATIENCE, **options)

    def start(self, pipeline, **options):
        return self.launch("run", pipeline, **options)

    def takes(self, process, number):
        """Whether the signal is taken by a thread of weir's and no longer by itself."""
        for line in pathlib.Path(f"/proc/{process.pid}/status").read_text().splitlines():
            if line.startswith("SigBlk:"):
                return bool(int(line.split()[1], 16) >> (number - 1) & 1)
        return False

    def ends(self, process, code, *numbers):
        for number in numbers:
            process.send_signal(number)
        _, report = process.communicate(timeout=PATIENCE)
        self.assertEqual(process.returncode, code, report)
        return report

    def test_a_plugin_that_ends_the_process_is_a_failed_run(self):
        for how in ("exit", "_exit", "_Exit", "quick_exit", "terminate"):
            for at in ("make", "open", "record", "close"):
                if self.output.exists():
                    self.output.unlink()
                done = self.weir("run", self.pipeline(how, at))
                self.assertEqual(done.returncode, 1, (how, at, done.stderr))
                self.assertIn("weir: failed: ", done.stderr)
                self.assertIn(how if how != "terminate" else "std::terminate", done.stderr)
                self.assertEqual("read " in done.stderr, at != "make", done.stderr)
                self.assertFalse(self.output.exists(), (how, at))

    def test_check_does_not_pass_when_a_plugin_ends_it(self):
        for how in ("exit", "_exit"):
            done = self.weir("check", self.pipeline(how, "make"))
            self.assertEqual(done.returncode, 1, done.stderr)
            self.assertIn("a plugin or a library called " + how, done.stderr)
        done = self.weir("check", self.pipeline(), env={**os.environ, "WEIR_TEST_EXIT_EARLY": "1"})
        self.assertEqual(done.returncode, 1, done.stderr)

    def test_a_plugin_that_is_cut_off_is_a_mistake_of_the_file(self):
        whole = (PLUGINS / "ends.so").read_bytes()
        cut = self.folder / "cut.so"
        for part in (0, 1, 40, 64, 200, 4096, len(whole) // 2, len(whole) - 1):
            cut.write_bytes(whole[:part])
            pipeline = self.pipeline()
            text = pathlib.Path(pipeline).read_text().replace(str(PLUGINS / "ends.so"), str(cut))
            pathlib.Path(pipeline).write_text(text)
            done = self.weir("check", pipeline)
            self.assertEqual(done.returncode, 2, (part, done.stderr))
            self.assertIn(f"cannot load plugin '{cut}'", done.stderr)
        self.assertIn("the file is cut off: it has", done.stderr)

    def test_a_sink_that_waits_in_open_ends_within_the_drain(self):
        fifo = self.folder / "fifo"
        os.mkfifo(fifo)
        process = self.start(self.pipeline(output=fifo, drain="200ms"))
        self.until(lambda: self.takes(process, signal.SIGTERM))
        report = self.ends(process, 143, signal.SIGTERM)
        self.assertIn("never came back from open", report)
        self.assertIn("interrupted by SIGTERM\n", report)

    def test_a_second_signal_does_not_wait_for_the_drain(self):
        process = self.start(self.pipeline("hang", "open", drain="1h"))
        self.until(lambda: self.takes(process, signal.SIGTERM))
        process.send_signal(signal.SIGTERM)
        status = pathlib.Path(f"/proc/{process.pid}/status")
        self.until(lambda: "ShdPnd:\t0000000000000000" in status.read_text())
        self.ends(process, 130, signal.SIGINT)

    def test_a_stage_that_never_comes_back_from_open_or_close_ends_too(self):
        for at in ("open", "close"):
            process = self.start(self.pipeline("hang", at, drain="100ms"))
            self.until(lambda p=process: self.takes(p, signal.SIGTERM))
            report = self.ends(process, 143, signal.SIGTERM)
            self.assertIn(f"never came back from {at}", report)

    def test_every_signal_that_asks_for_an_end_is_an_orderly_one(self):
        for number in (signal.SIGHUP, signal.SIGQUIT, signal.SIGXCPU, signal.SIGPIPE,
                       signal.SIGXFSZ, signal.SIGINT, signal.SIGTERM):
            process = self.start(self.pipeline(source="rate: 500/s", drain="20s"))
            self.until(lambda p=process: self.takes(p, number))
            report = self.ends(process, 128 + number, number)
            self.assertIn(f"interrupted by {number.name}\n", report)

    def test_nohup_means_it(self):
        process = self.start(self.pipeline(source="rate: 500/s"),
                             preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
        self.until(lambda: self.takes(process, signal.SIGTERM))
        self.assertFalse(self.takes(process, signal.SIGHUP))
        self.assertIn("interrupted by SIGTERM\n",
                      self.ends(process, 143, signal.SIGHUP, signal.SIGTERM))

    def test_a_file_that_may_not_grow_is_an_error_of_the_write(self):
        done = self.weir("run", self.pipeline(source="count: 100000"), preexec_fn=lambda:
                         resource.setrlimit(resource.RLIMIT_FSIZE, (10000, 10000)))
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("File too large", done.stderr)
        self.assertFalse(self.output.exists())

    def test_too_few_threads_are_said_before_anything_runs(self):
        def limit():
            resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))

        if self.weir("--version", preexec_fn=limit).returncode != 0:
            self.skipTest("a sanitizer takes more addresses")
        done = self.weir("run", "--threads", "1024", self.pipeline(), preexec_fn=limit)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("cannot start a thread: Resource temporarily unavailable", done.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
