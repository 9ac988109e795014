"""What the program makes of files that are not what they seem: one file by two names, an earlier
run's leftovers, compressions that it does not know.

Usage: files_test.py WEIR PLUGINS
"""

import bz2
import gzip
import lzma
import os
import pathlib
import re
import signal
import struct
import subprocess
import sys
import time
import unittest

from program import WEIR, ProgramTest, number, weir

PLUGINS = sys.argv[2]


class Files(ProgramTest):
    def pipeline(self, *sources_and_sinks, plugins=""):
        """Of pairs of paths, or of what stands for one in a flow map."""
        stages = ""
        for i, (source, sink) in enumerate(sources_and_sinks):
            sink = sink if sink.startswith("{") else f"{{ path: '{sink}' }}"
            stages += (f"  - uses: file.read\n    name: read{i}\n    with: {{ path: '{source}' }}\n"
                       f"  - uses: file.write\n    name: write{i}\n    with: {sink}\n")
        return self.file("p.yaml", f"{plugins}stages:\n{stages}")

    def refused(self, yaml, message, *arguments, cwd=None, code=1):
        done = weir("run", yaml, *arguments, cwd=cwd or self.folder.name)
        self.assertEqual(done.returncode, code, done.stderr)
        self.assertIn(message, done.stderr)

    def content(self, name):
        return pathlib.Path(self.file(name)).read_bytes()

    def test_no_file_by_key_takes_the_place_of_one_that_is_read(self):
        folder = pathlib.Path(self.folder.name) / "keyed"
        folder.mkdir()
        source = folder / "[src].txt"
        link = folder / "link.txt"
        for path, named in ((source, source), (source, folder / "*.txt"), (link, source)):
            source.write_text("[src] 1\nother 2\n")
            link.unlink(missing_ok=True)
            link.hardlink_to(source)
            for more in ("", ", append: true"):
                with self.subTest(path=path.name, named=named.name, more=more):
                    text = str(named).replace("[", "\\\\[") if "*" not in named.name else named
                    file = self.file("keyed.yaml", f"""stages:
  - uses: file.read
    with: {{ path: "{text}" }}
  - uses: regex.match
    with: {{ pattern: '^(?P<k>\\S+)' }}
  - uses: file.write
    with: {{ path: "{folder}/{{k}}{{k}}.txt"{more} }}
""")
                    done = weir("run", "--quiet", file)
                    self.assertEqual(done.returncode, 1, done.stderr)
                    self.assertRegex(done.stderr, r"cannot write '.*\{k\}\{k\}.txt': it is '.*', "
                                                  "which stage 'read' reads")
                    self.assertEqual(source.read_text(), "[src] 1\nother 2\n")
        # Beside it, a run may write over what the one before has left.
        beside = self.file("beside.yaml", f"""stages:
  - uses: file.read
    with: {{ path: "-" }}
  - uses: regex.match
    with: {{ pattern: '^(?P<k>\\S+)' }}
  - uses: file.write
    with: {{ path: "{folder}/out-{{k}}.txt" }}
""")
        for _ in range(2):
            self.assertEqual(weir("run", "--quiet", beside, stdin="a 1\n").returncode, 0)

    def test_an_input_is_never_an_output_by_another_name(self):
        self.file("in", "a\nb\n")
        os.symlink("in", self.file("soft"))
        os.link(self.file("in"), self.file("hard"))
        os.mkdir(self.file("d"))
        os.symlink("..", self.file("d/up"))
        for output in ("./in", "soft", "hard", "d/../in", "d/up/in", self.file("in"),
                       "{ path: in, append: true }", "{ path: soft, append: true }"):
            with self.subTest(output=output):
                self.refused(self.pipeline(("in", output)), "failed at 'write0': io: cannot write '")
                self.assertEqual(self.content("in"), b"a\nb\n")
        for source in ("*", "s*t", "hard"):
            with self.subTest(source=source):
                self.refused(self.pipeline((source, "in")), "which stage 'read0' reads")
        self.assertEqual(self.content("in"), b"a\nb\n")

    def test_an_input_is_never_what_an_output_is_called_until_the_end(self):
        self.file("out.partial", "paid\nfor\n")
        self.refused(self.pipeline(("out.partial", "out")),
                     "cannot write 'out.partial': stage 'read0' reads it, too")
        self.assertEqual(self.content("out.partial"), b"paid\nfor\n")

    def test_a_file_is_replaced_by_what_was_made_of_it_where_both_say_its_name(self):
        self.file("in", "a\nb\n")
        yaml = self.pipeline(("in", "in"))
        self.assertEqual(weir("run", yaml, cwd=self.folder.name).returncode, 0)
        self.assertEqual(self.content("in"), b"a\nb\n")

    def test_two_sinks_never_write_one_file(self):
        self.file("in", "a\n")
        os.mkdir(self.file("d"))
        os.symlink("new", self.file("soft"))
        for one, other in (("new", "new"), ("new", "./new"), ("new", "d/../new"), ("new", "soft"),
                           ("new", "new.partial"), ("{ path: new, append: true }", "new"),
                           ("{ path: new, append: true }", "{ path: ./new, append: true }")):
            for pair in ((one, other), (other, one)):
                with self.subTest(pair=pair):
                    self.refused(self.pipeline(("in", pair[0]), ("in", pair[1])), "cannot write '")
                    self.assertFalse(os.path.exists(self.file("new")))
        yaml = self.pipeline(("in", "-"), ("in", "/dev/stdout"), ("in", "/dev/null"),
                             ("in", "/dev/null"))
        done = weir("run", yaml, cwd=self.folder.name)
        self.assertEqual((done.returncode, done.stdout), (0, "a\na\n"), done.stderr)

    def test_sources_and_sinks_of_different_chains_are_compared(self):
        self.file("a", "a\n")
        self.file("b", "b\n")
        self.refused(self.pipeline(("a", "{ path: b, append: true }"), ("b", "c")),
                     "cannot write 'b': stage 'read1' reads it, too")
        self.assertEqual(self.content("b"), b"b\n")

    def test_standard_streams_are_compared_too(self):
        self.file("f", "a\n" * 1000)
        for script in ('"$0" run -e "file.read -" < f >> f',
                       '"$0" run -e "file.read f" >> f',
                       '"$0" run -e "file.read - | file.write f" < f',
                       '"$0" run -e "file.read - | file.write f append:true" < f'):
            with self.subTest(script=script):
                done = subprocess.run(["sh", "-c", script, WEIR], capture_output=True, text=True,
                                      cwd=self.folder.name, check=False)
                self.assertEqual(done.returncode, 1)
                self.assertIn("cannot write '", done.stderr)
                self.assertEqual(self.content("f"), b"a\n" * 1000)

    def test_what_the_command_line_names_is_compared_too(self):
        self.file("in", '{"a":1}\n')
        yaml = self.pipeline(("in", "out"))
        before = pathlib.Path(yaml).read_text()
        for errors in ("in", "./in", "out", "out.partial", "p.yaml"):
            with self.subTest(errors=errors):
                self.refused(yaml, "weir: cannot write '", "--errors", errors, code=2)
                self.assertEqual(self.content("in"), b'{"a":1}\n')
        self.refused(self.pipeline(("in", "p.yaml")), "which the command line reads", code=2)
        yaml = self.pipeline(("in", "out"))
        done = weir("graph", yaml, "-o", yaml)
        self.assertEqual((done.returncode, done.stderr),
                         (1, f"weir: cannot write '{yaml}': the pipeline is in it\n"))
        self.assertEqual(pathlib.Path(yaml).read_text(), before)

    def test_what_a_killed_run_left_is_kept_and_that_is_said(self):
        source = self.file("in", "".join(f"{i}\n" for i in range(100_000)))
        out = self.file("out")
        line = f"file.read {source} | delay 2ms workers:1 | file.write {out}"
        with subprocess.Popen([WEIR, "run", "-q", "-e", line]) as process:
            while not os.path.exists(out + ".partial") or not os.path.getsize(out + ".partial"):
                time.sleep(0.01)
            process.send_signal(signal.SIGKILL)
        answers = self.content("out.partial")
        done = weir("run", "-e", f"file.read {source} | file.write {out}")
        self.assertEqual(done.returncode, 0)
        self.assertIn(f"an earlier run's '{out}.partial' is kept as '{out}.partial.1'", done.stderr)
        self.assertEqual(self.content("out.partial.1"), answers)
        self.assertEqual(self.content("out"), self.content("in"))

    def test_what_a_run_appends_after_a_killed_one_begins_a_record(self):
        source = self.file("in", "c\n")
        self.file("log", "a\nhal")
        done = weir("run", "-e", f"file.read {source} | file.write {self.file('log')} append:true")
        self.assertEqual(done.returncode, 0)
        self.assertIn("ended in half a record: its last 3 bytes are in '", done.stderr)
        self.assertEqual((self.content("log"), self.content("log.torn")), (b"a\nc\n", b"hal"))
        # The sink knows that it gets rows, also through stages that make no text of their own.
        self.file("rows", 'x,y\n1,"two\nli')
        done = weir("run", "-e", "generate count:1 | csv.format [time,status] header:false | take 5 "
                                 f"| file.write {self.file('rows')} append:true")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(self.content("rows"), rb"^x,y\n[^\n]*\n$")
        self.assertEqual(self.content("rows.torn"), b'1,"two\nli')

    def test_a_stage_that_fails_when_it_is_closed_leaves_no_finished_file(self):
        source = self.file("in", "a\n")
        for name, stages in (
                ("bad_close", "  - uses: bad_close\n  - uses: file.write\n"
                              "    with: { path: out }\n"),
                ("bad_sink", "  - name: out\n    uses: file.write\n    with: { path: out }\n"
                             "  - from: read\n    uses: bad_sink\n"),
                ("bad_sink", "  - uses: bad_sink\n  - from: read\n    uses: file.write\n"
                             "    with: { path: out }\n")):
            with self.subTest(stages=stages):
                yaml = self.file("p.yaml", f"plugins: ['{PLUGINS}/bad_close.so']\nstages:\n"
                                           f"  - name: read\n    uses: file.read\n"
                                           f"    with: {{ path: '{source}' }}\n{stages}")
                done = weir("run", yaml, cwd=self.folder.name)
                self.assertEqual(done.returncode, 1)
                self.assertIn(f"failed at '{name}': exception: the books do not balance", done.stderr)
                self.assertIn("the unfinished output is out.partial", done.stderr)
                self.assertFalse(os.path.exists(self.file("out")))

    def test_a_reader_that_has_seen_enough_is_told_of_kindly(self):
        done = subprocess.run(
            ["sh", "-c", '"$0" run -e "generate format:text | file.write -" | head -n 1', WEIR],
            capture_output=True, text=True, check=False)
        self.assertEqual(done.stdout, "line 0\n")
        self.assertRegex(done.stderr, r"weir: ok in ")
        self.assertRegex(done.stderr, r"filtered +[\d,]+ +reader_gone [\d,]+\n")
        self.assertNotIn("Broken pipe", done.stderr)

    def head(self, line, *more, count=1):
        """What `weir run MORE -e LINE | head -n COUNT` gives, and weir's exit code and stderr."""
        code = self.file("code")
        script = '{ "$0" run "$@"; echo $? > %s; } | head -n %d' % (code, count)
        done = subprocess.run(["sh", "-c", script, WEIR, *more, "-e", line],
                              capture_output=True, text=True, check=False)
        return done.stdout, int(pathlib.Path(code).read_text()), done.stderr

    def test_a_reader_that_has_seen_enough_ends_the_run_well(self):
        for threads in "1", "2", "8":
            with self.subTest(threads=threads):
                out, code, said = self.head("generate format:text", "-v", "--threads", threads)
                self.assertEqual((out, code), ("line 0\n", 0))
                self.assertIn("its reader has ended: what follows is filtered", said)
                # What fails behind what was read is nobody's concern, as with `take`.
                bad = self.file("bad.ndjson", '{"a":1}\n' * 20000 + '{"a":\n' + '{"a":2}\n' * 20000)
                out, code, said = self.head(f"file.read {bad} | json.parse | json.format", "-q",
                                            "--threads", threads)
                self.assertEqual((out, code, said), ('{"a":1}\n', 0, ""))
        # Also of a compressed stream, though nothing of it can be read to its end.
        script = '{ "$0" run -q -e "$1"; echo $? >&2; } | head -c 10 > /dev/null'
        done = subprocess.run(["sh", "-c", script, WEIR, "generate format:text | file.write - "
                               "compression=gzip"], capture_output=True, text=True, check=False)
        self.assertEqual(done.stderr, "0\n")

    def test_the_other_sinks_of_a_run_go_on_without_the_reader(self):
        rest = self.file("rest")
        yaml = self.file("p.yaml", f"""stages:
  - uses: generate
    name: read
    with: {{ count: 200000, format: text }}
  - uses: file.write
    with: {{ path: "-" }}
  - uses: file.write
    name: rest
    from: read
    with: {{ path: '{rest}' }}
""")
        code = self.file("code")
        script = '{ "$0" run "$1"; echo $? > %s; } | head -n 1' % code
        done = subprocess.run(["sh", "-c", script, WEIR, yaml], capture_output=True, text=True,
                              check=False)
        self.assertEqual(done.stdout, "line 0\n")
        self.assertEqual(pathlib.Path(code).read_text(), "0\n")
        self.assertEqual(len(pathlib.Path(rest).read_text().splitlines()), 200000)
        self.assertRegex(done.stderr, r"delivered +200,000")

    def test_a_branch_whose_reader_is_gone_is_filtered_for_that_reason(self):
        rest = self.file("rest")
        yaml = self.file("p.yaml", f"""stages:
  - uses: generate
    with: {{ count: 200000, format: text, text: "{{n}}" }}
  - uses: route
    name: split
    with:
      ports:
        - port: odd
          where: tonumber(record.text) % 2 == 1
        - port: rest
  - uses: file.write
    from: split.odd
    with: {{ path: "-" }}
  - uses: file.write
    name: rest
    from: split.rest
    with: {{ path: '{rest}' }}
""")
        script = '{ "$0" run "$1"; echo $? >&2; } | head -n 1'
        done = subprocess.run(["sh", "-c", script, WEIR, yaml], capture_output=True, text=True,
                              check=False)
        self.assertEqual(done.stdout, "1\n")
        self.assertTrue(done.stderr.endswith("\n0\n"), done.stderr)
        self.assertEqual(len(pathlib.Path(rest).read_text().splitlines()), 100000)
        delivered = number(re.search(r"delivered +([\d,]+)", done.stderr)[1])
        gone = number(re.search(r"filtered +[\d,]+ +reader_gone ([\d,]+)\n", done.stderr)[1])
        self.assertEqual(delivered + gone, 200000)
        self.assertGreater(gone, 0)

    def test_a_compression_that_is_not_known_is_named(self):
        path = self.file("in")
        archive = b"PK\x03\x04rest"
        for name, data in (("a file of compress", b"\x1f\x9d\x90"), ("a zip archive", archive),
                           ("a 7z archive", b"7z\xbc\xaf\x27\x1crest"), ("lzip", b"LZIP\x01rest")):
            pathlib.Path(path).write_bytes(data)
            for script in (f'"$0" run -e "file.read {path}"', f'cat {path} | "$0" run -e "take 9"',
                           f'"$0" run -e "file.read {path} framing:csv"'):
                with self.subTest(name=name, script=script):
                    done = subprocess.run(["sh", "-c", script, WEIR], capture_output=True, text=True,
                                          check=False)
                    self.assertEqual((done.returncode, done.stdout), (1, ""))
                    self.assertIn("expected text or gzip | zstd | xz | bzip2 | lz4 in '",
                                  done.stderr)
                    self.assertIn(f"got {name}; 'compression: none' reads it as it is", done.stderr)
        # Who takes files as they are gets them as they are.
        pathlib.Path(path).write_bytes(archive)
        done = weir("run", "-q", "-e", f"file.read {path} framing:file | hash sha256 into:h | "
                                       "text.format '{h}'")
        self.assertEqual(done.returncode, 0, done.stderr)
        for start in (b"BZh", b"BZh9", b"BZhello\n", b"B\n", b"PK\n", b"7z", b"\xfd7zX", b"P*M"):
            pathlib.Path(path).write_bytes(start)
            done = subprocess.run([WEIR, "run", "-q", "-e", f"file.read {path}"],
                                  capture_output=True, check=False)
            self.assertEqual((done.returncode, done.stdout), (0, start.rstrip(b"\n") + b"\n"))

    def test_compressed_input_comes_from_files_pipes_and_lists(self):
        text = b"".join(b'{"n":%d}\n' % i for i in range(1000))
        path = self.file("in")
        self.file("list.yaml", "params: { middle: { default: in } }\n"
                               "stages:\n- uses: file.read\n"
                               "  with: { path: [empty, '${params.middle}', empty] }\n"
                               "- uses: file.write\n  with: { path: '-' }\n")
        for module in (lzma, bz2, gzip):
            pathlib.Path(path).write_bytes(module.compress(text))
            pathlib.Path(self.file("empty")).write_bytes(module.compress(b""))
            for threads in (1, 2, 8):
                run = f'"$0" run -q --threads {threads}'
                for script in (f'{run} -e "file.read in"', f'{run} -e "file.read -" < in',
                               f'cat in | {run} -e "file.read -"', f"{run} list.yaml",
                               f"cat in | {run} list.yaml --set middle=-"):
                    with self.subTest(script=script, module=module.__name__):
                        done = subprocess.run(["sh", "-c", script, WEIR], capture_output=True,
                                              check=False, cwd=self.folder.name)
                        self.assertEqual((done.returncode, done.stdout), (0, text), done.stderr)

    def test_many_compressed_files_are_one_in_little_memory(self):
        os.mkdir(self.file("many"))
        expected = ""
        for i in range(150):
            text = "".join(f"{i} {n}\n" for n in range(i * 37 % 5000))
            expected += text
            compress = (gzip, lzma, bz2)[i % 3].compress
            pathlib.Path(self.file(f"many/{i:03}")).write_bytes(compress(text.encode()))
        for memory in ("16MiB", "64MiB"):
            yaml = self.file("p.yaml", f"limits: {{ memory: {memory}, record: 64KiB }}\nstages:\n"
                                       "  - uses: file.read\n    with: { path: 'many/*' }\n"
                                       "  - uses: file.write\n    with: { path: '-' }\n")
            for threads in (1, 2, 8):
                with self.subTest(memory=memory, threads=threads):
                    done = weir("run", yaml, "--threads", str(threads), cwd=self.folder.name)
                    self.assertEqual((done.returncode, done.stdout), (0, expected), done.stderr)
                    peak = re.search(r"peak.* ([\d.]+) MiB of", done.stderr)
                    self.assertLessEqual(float(peak[1]), float(memory[:-3]))

    def test_what_is_cut_off_fails_behind_what_came_before(self):
        text = "".join(f"{i}\n" for i in range(10_000))
        for module in (lzma, bz2, gzip):
            data = module.compress(text.encode())
            pathlib.Path(self.file("in")).write_bytes(data + module.compress(b"more")[:-1])
            for source in ("file.read in", "file.read -"):
                for threads in ("1", "2", "8"):
                    with open(self.file("in"), "rb") as file:
                        done = subprocess.run(
                            [WEIR, "run", "-q", "--threads", threads, "-e", source], stdin=file,
                            capture_output=True, text=True, check=False, cwd=self.folder.name)
                    self.assertEqual(done.returncode, 1)
                    self.assertEqual(done.stdout, text)
                    self.assertRegex(done.stderr, r"ends too early.*\n.*byte 48,89\d")

    def zstd(self, content, window_log):
        """A frame of one raw block that asks for such a window."""
        block = struct.pack("<I", len(content) << 3 | 1)[:3] + content
        return b"\x28\xb5\x2f\xfd\x00" + bytes([(window_log - 10) << 3]) + block

    def test_a_frame_to_be_skipped_may_come_before_a_zstd_file(self):
        for magic in (0x50, 0x5a, 0x5f):
            for size in (0, 1, 300_000):
                skipped = bytes([magic]) + b"\x2a\x4d\x18" + struct.pack("<I", size) + b"x" * size
                path = self.file("in")
                pathlib.Path(path).write_bytes(skipped + self.zstd(b"a\nb\n", 17) + skipped)
                done = weir("run", "-q", "-e", f"file.read {path}")
                self.assertEqual((done.returncode, done.stdout), (0, "a\nb\n"), done.stderr)
                with open(path, "rb") as file:
                    done = subprocess.run([WEIR, "run", "-q", "-e", "take 9"],
                                          input=file.read(), capture_output=True, check=False)
                self.assertEqual((done.returncode, done.stdout), (0, b"a\nb\n"), done.stderr)

    def test_the_window_of_a_zstd_file_is_bounded_by_the_memory(self):
        path = self.file("in")
        yaml = self.file("p.yaml", "limits: { memory: 32MiB, record: 64KiB }\nstages:\n"
                                   f"  - uses: file.read\n    with: {{ path: '{path}' }}\n"
                                   "  - uses: file.write\n    with: { path: '-' }\n")
        for window_log, good in ((24, True), (25, False), (27, False)):
            pathlib.Path(path).write_bytes(self.zstd(b"a\n", window_log))
            done = weir("run", "-q", yaml)
            self.assertEqual(done.returncode, 0 if good else 1, done.stderr)
            if not good:
                self.assertRegex(done.stderr, r"needs \d+(.\d)? MiB of memory, more than its share "
                                              r"of limits.memory, 2\d(.\d)? MiB")
            self.assertEqual(weir("run", "-q", "-e", f"file.read {path}").returncode, 0)

    def test_rows_may_end_with_carriage_returns(self):
        path = self.file("in")
        for rows, expected in (("a,b\r1,2\r3,4", 2), ("a,b\r1,2\r3,4\r", 2), ("a,b\r", 0),
                               ("a,b\r1,\"x\ry\"\r3,4\r", 2), ("a,b\n1,2\r\n3,4\n", 2),
                               ("\"a\rx\",b\n1,2\n3,4\n", 2),
                               ("a,b\r" + "1,2\r" * 50_000, 50_000)):
            pathlib.Path(path).write_text(rows, newline="")
            with self.subTest(rows=rows[:40]):
                done = weir("run", "-e", f"file.read {path} | csv.parse | json.format")
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertEqual(done.stdout.count("\n"), expected, done.stderr)

    def test_globs_name_files_in_all_directories_below(self):
        for name in ("t/a.log", "t/x/b.log", "t/x/y/c.log", "t/x/y/z/d.log", "t/x/e.txt",
                     "t/.hidden/f.log", "t/[o]/g.log"):
            path = pathlib.Path(self.file(name))
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(path.name[0] + "\n")
        os.mkdir(self.file("t/dir.log"))
        os.symlink("nowhere", self.file("t/dangling.log"))
        os.symlink("..", self.file("t/x/up"))
        for pattern, expected in (("t/**/*.log", "g a b c d"), ("t/*.log", "a"), ("**/c.log", "c"),
                                  ("t/**/y/**/*.log", "c d"), ("t/x/**", "b e c d"),
                                  ("t/*/*.log", "g b"), ("**/*.log", "g a b c d")):
            with self.subTest(pattern=pattern):
                done = weir("run", "-q", "-e", f"file.read '{pattern}'", cwd=self.folder.name)
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertEqual(done.stdout.split(), expected.split())
        for pattern in ("t/**/*.csv", "t/dir*", "t/dang*", "u/**"):
            done = weir("run", "-q", "-e", f"file.read '{pattern}'", cwd=self.folder.name)
            self.assertEqual(done.returncode, 1)
            self.assertIn(f"no file matches '{pattern}'", done.stderr)
        self.assertIn("Is a directory", weir("run", "-e", "file.read t/dir.log",
                                             cwd=self.folder.name).stderr)

    def test_paths_that_ask_for_what_there_is_not_are_mistakes_of_the_file(self):
        for source, sink in (("s3://b/k", "-"), ("~/x", "-"), ("x", "s3://b/k"),
                             ("x", "out-{date}.ndjson"), ("x", "%Y.log"), ("x", "out.xz")):
            with self.subTest(source=source, sink=sink):
                done = weir("check", self.pipeline((source, sink)))
                self.assertEqual(done.returncode, 2, done.stderr)
                self.assertIn("1 error", done.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
