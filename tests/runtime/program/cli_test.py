"""The program as its users call it: what it prints where, and its exit codes.

Usage: cli_test.py WEIR
"""

import os
import pathlib
import pty
import re
import shutil
import signal
import subprocess
import sys
import unittest

from program import LINE, ROOT, SAMPLE, WEIR, ProgramTest, number, weir

GRAPH = """stages:
  - name: read
    uses: generate
    with: { count: 8, format: text, text: '{{"n":{n}}}' }
  - uses: json.parse
    on_error: { to: rejects }
  - name: step
    uses: delay
    from: [parse, done.again]
    loop: { max: 3 }
    with: { for: 1ms }
  - name: tries
    uses: set
    with:
      fields:
        tries: (tries or 0) + 1
  - name: done
    uses: route
    with:
      ports:
        - { port: again, where: n % 4 >= tries }
        - { port: ok }
  - name: both
    uses: csv.format
    from: done.ok
    with: { columns: [n, tries] }
  - name: write
    uses: file.write
    with: { path: "-" }
  - name: audit
    uses: json.format
    from: done.ok
  - name: audit_out
    uses: file.write
    with: { path: FOLDER/audit.ndjson }
  - name: rejects
    uses: file.write
    with: { path: FOLDER/rejects.txt }
"""


class Cli(ProgramTest):
    # Usage

    def test_without_arguments_it_shows_its_help(self):
        done = weir()
        self.assertEqual(done.returncode, 0)
        for command in ("run", "try", "check", "graph", "explain", "list", "describe",
                        "schema"):
            self.assertRegex(done.stdout, rf"\n  {command} +\w")

    def test_every_command_has_a_help(self):
        for command in ("run", "try", "check", "graph", "explain", "list", "describe",
                        "schema"):
            done = weir(command, "--help")
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            self.assertIn(f"Usage: weir {command} ", done.stdout)

    def test_version(self):
        self.assertRegex(weir("--version").stdout, r"^weir \d+\.\d+\.\d+\n$")

    def test_an_unknown_command_gets_the_nearest_one(self):
        done = weir("rum", "x.yaml")
        self.assertEqual(done.returncode, 2)
        self.assertEqual(done.stderr, "weir: unknown command 'rum'\n  did you mean 'run'?\n")

    def test_a_file_without_a_command_gets_a_hint(self):
        self.assertIn("did you mean 'weir run x.yaml'?", weir("x.yaml").stderr)

    def test_wrong_usage_is_exit_code_2(self):
        for arguments in (["run"], ["run", "a.yaml", "-e", "x"], ["run", "--threads", "0", "a.yaml"],
                          ["run", "a.yaml", "b.yaml"], ["run", "no-such-file.yaml"], ["check"],
                          ["describe"], ["list", "x"], ["run", "-q", "-v", "-e", "x"],
                          ["run", "--print-yaml", "a.yaml"], ["try", "-e", LINE, "-n", "0"],
                          ["run", "configs/access-log.yaml", "--set", "count"], ["graph"],
                          ["graph", "--dot", "--svg", "configs/access-log.yaml"], ["explain"],
                          ["explain", "no-such-file.yaml"], ["schema", "no-such-file.yaml"],
                          ["schema", "a.yaml", "b.yaml"]):
            with self.subTest(arguments=arguments):
                done = weir(*arguments)
                self.assertEqual(done.returncode, 2, done.stderr)
                self.assertTrue(done.stderr.startswith("weir: "), done.stderr)
                self.assertEqual(done.stdout, "")

    def test_a_line_reads_the_files_that_follow_it(self):
        first, second = self.file("b.csv", "a,b\n1,2\n"), self.file("a.csv", "b,a\n3,4\n")
        done = weir("run", "-q", "-e", "csv.parse | csv.format a,b", first, second)
        self.assertEqual((done.returncode, done.stdout), (0, "a,b\n1,2\n4,3\n"), done.stderr)
        self.file("-v", "dash\n")
        self.file("x*[1].txt", "star\n")
        self.file("x1.txt", "no star\n")
        self.file("${y}", "dollar\n")
        done = weir("run", "-q", "-e", "sample 1", "x*[1].txt", "--", "-v", "-", "${y}",
                    stdin="in\n", cwd=self.folder.name)
        self.assertEqual((done.returncode, done.stdout), (0, "star\ndash\nin\ndollar\n"),
                         done.stderr)
        done = weir("run", "-e", "sample 1", "none.txt", "--threads", "1", self.folder.name,
                    cwd=self.folder.name)
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertIn("cannot read 'none.txt': No such file or directory", done.stderr)
        self.assertIn(f"cannot read '{self.folder.name}': Is a directory", done.stderr)
        done = weir("run", "-e", "generate 5", first)
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertIn("-e:1:1: error: 'generate' takes no files", done.stderr)
        done = weir("explain", "-e", "sample 1", first)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_a_wrong_list_where_a_list_is_right_gets_no_hint_to_quote_it(self):
        for options in ("select\n    with: { fields: [a, a] }", "csv.format\n    with: { columns: [] }"):
            file = self.file("wrong.yaml", "stages:\n  - uses: file.read\n    with: { path: in }\n"
                                           "  - uses: json.parse\n"
                                           f"  - uses: {options}\n  - uses: file.write\n"
                                           "    with: { path: out }\n")
            done = weir("check", file)
            self.assertEqual(done.returncode, 2)
            self.assertIn("wrong.yaml:6:", done.stderr)
            self.assertNotIn("quote the whole value", done.stderr)

    def test_a_file_that_is_far_too_large_is_not_said_to_end_where_reading_did(self):
        large = self.file("large.yaml", "")
        os.truncate(large, 100_000_000)
        done = weir("check", large)
        self.assertEqual(done.returncode, 2)
        self.assertIn("expected a pipeline of at most 1048576 bytes, got more\n", done.stderr)

    # Types

    def test_list_shows_every_type_in_a_line(self):
        lines = weir("list").stdout.splitlines()
        for name in ("file.read", "json.parse", "filter", "count", "file.write"):
            self.assertEqual(len([line for line in lines if line.startswith(f"  {name} ")]), 1)

    def test_describe_shows_options_with_bounds_and_an_example(self):
        text = weir("describe", "generate").stdout
        self.assertIn("  count  integer; at least 0\n", text)
        self.assertIn("  seed  integer; default 1\n", text)
        self.assertIn("\nexample\n  stages:\n    - uses: generate\n", text)

    def test_describe_of_an_unknown_type_names_the_nearest(self):
        done = weir("describe", "json.prase")
        self.assertEqual(done.returncode, 2)
        self.assertIn("did you mean 'json.parse'?", done.stderr)

    def test_the_reference_is_what_describe_prints(self):
        reference = (ROOT / "docs" / "reference.md").read_text()
        self.assertEqual(weir("describe", "--markdown").stdout, reference,
                         "docs/reference.md is stale: run 'make docs'")

    # Parameters

    def test_params_are_set_either_way(self):
        for option in (["--count=2"], ["--set", "count=2"]):
            done = weir("run", "configs/access-log.yaml", *option)
            self.assertEqual(done.stdout, "".join(SAMPLE.splitlines(True)[:2]))

    def test_an_unknown_parameter_names_the_nearest_option(self):
        done = weir("run", "configs/access-log.yaml", "--cuont=2", "--thread=1", "--output")
        self.assertEqual(done.returncode, 2)
        self.assertEqual(done.stderr,
                         "weir: unknown option '--cuont'\n  did you mean '--count'?\n"
                         "weir: unknown option '--thread'\n  did you mean '--threads'?\n"
                         "weir: missing value of '--output'\n  write --output=VALUE\n")

    def test_a_misspelt_option_is_named_and_not_the_value_that_was_taken_for_the_file(self):
        done = weir("run", "--thraeds", "3", "configs/access-log.yaml")
        self.assertEqual(done.returncode, 2)
        self.assertEqual(done.stderr,
                         "weir: unknown option '--thraeds'\n  did you mean '--threads'?\n")
        done = weir("run", "--cuont", "3", "configs/access-log.yaml")
        self.assertEqual(done.stderr, "weir: unknown option '--cuont'\n"
                                      "  a parameter of FILE is set with --NAME=VALUE\n")

    def test_a_second_file_is_refused(self):
        done = weir("run", "a.yaml", "b.yaml")
        self.assertEqual((done.returncode, done.stderr),
                         (2, "weir: unexpected argument 'b.yaml'\n"))

    def test_the_help_of_a_file_lists_its_params(self):
        text = weir("run", "configs/access-log.yaml", "--help").stdout
        self.assertIn("  --count=...   how many requests      default 3000\n", text)

    def test_a_param_with_the_name_of_an_option_is_set_with_set(self):
        yaml = self.file("taken.yaml", "params: { threads: { default: x }, tag: { default: y } }\n"
                                       "stages:\n"
                                       "  - { uses: file.read, with: { path: '-' } }\n"
                                       "  - uses: text.format\n"
                                       "    with: { template: '{record.text} ${params.threads} "
                                       "${params.tag}' }\n"
                                       "  - { uses: file.write, with: { path: '-' } }\n")
        text = weir("run", yaml, "--help").stdout
        self.assertIn("  --set threads=...    default x\n  --tag=...            default y\n", text)
        done = weir("run", "--quiet", yaml, "--threads", "2", "--set", "threads=few", "--tag=!",
                    stdin="a\n")
        self.assertEqual((done.stdout, done.stderr), ("a few !\n", ""))

    # Running

    def test_a_line_and_the_file_that_it_stands_for_give_the_same(self):
        inline = weir("run", "-e", LINE, stdin=SAMPLE)
        self.assertEqual(inline.returncode, 0, inline.stderr)
        self.assertTrue(inline.stdout.startswith("time,path\n"))
        yaml = self.file("line.yaml", weir("run", "-e", LINE, "--print-yaml").stdout)
        self.assertEqual(weir("run", yaml, stdin=SAMPLE).stdout, inline.stdout)

    def test_mistakes_of_a_line_are_shown_in_its_yaml(self):
        done = weir("run", "-e", "json.parse | filtr status >= 400")
        self.assertEqual(done.returncode, 2)
        self.assertIn("-e:6:11: error: unknown stage type 'filtr'\n    - uses: filtr\n", done.stderr)
        self.assertIn("--print-yaml", done.stderr)

    def test_a_plugin_of_weirs_own_that_is_missing_is_looked_for_aloud(self):
        # Plugins are looked for beside the program: a copy elsewhere has none.
        alone = pathlib.Path(self.folder.name) / "bin" / "weir"
        alone.parent.mkdir()
        shutil.copy(WEIR, alone)
        places = f"no http\\.so or libhttp\\.so in '{self.folder.name}/lib.*/weir'"
        yaml = self.file("fetch.yaml", "stages:\n  - uses: http.fetch\n")
        for command in (["check", yaml], ["run", yaml], ["run", "-e", "http.fetch http://x"],
                        ["describe", "http.fetch"]):
            done = subprocess.run([alone, *command], stdin=subprocess.DEVNULL, capture_output=True,
                                  text=True, check=False)
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertIn("unknown stage type 'http.fetch'", done.stderr)
            self.assertRegex(done.stderr, f"{places}; 'weir list' shows every type")

    def test_quiet_says_nothing_of_a_good_run(self):
        done = weir("run", "-q", "-e", LINE, stdin=SAMPLE)
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_the_report_holds_no_escapes_where_there_is_no_terminal(self):
        self.assertNotIn("\x1b", weir("run", "-e", LINE, stdin=SAMPLE).stderr)

    def test_a_failed_run_is_exit_code_1_and_leaves_the_partial_file(self):
        out = self.file("out.txt")
        done = weir("run", "-e", f"file.read {self.bad_lines()} | json.parse | json.format a | "
                                 f"file.write {out}")
        self.assertEqual(done.returncode, 1)
        self.assertIn("\nfailed at 'parse': json: ", done.stderr)
        self.assertIn("bad.ndjson:2 (byte 8)\n", done.stderr)
        self.assertIn(f"the unfinished output is {out}.partial\n", done.stderr)
        self.assertIn("1 of 3 failed at 'parse'; to go on past them", done.stderr)
        self.assertFalse(os.path.exists(out))
        self.assertEqual(pathlib.Path(out + ".partial").read_text(), '{"a":1}\n')

    def test_quiet_still_says_why_a_run_failed(self):
        done = weir("run", "-q", "-e", f"file.read {self.bad_lines()} | json.parse | json.format")
        self.assertEqual(done.returncode, 1)
        self.assertTrue(done.stderr.startswith("failed at 'parse': json: "), done.stderr)

    def test_nothing_delivered_is_a_warning(self):
        done = weir("run", "-e", "json.parse | filter status == 1 | json.format", stdin=SAMPLE)
        self.assertEqual(done.returncode, 0)
        self.assertIn("warning: nothing was delivered: 3,000 ended as filtered at 'filter'\n",
                      done.stderr)

    def test_an_interrupted_run_finishes_what_it_has_read(self):
        for number, code in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
            line = "generate rate:500/s format:text | file.write -"
            with subprocess.Popen([WEIR, "run", "-e", line], stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE, text=True) as process:
                first = process.stdout.readline()
                process.send_signal(number)
                # Not communicate(): it would miss what readline() has read ahead.
                rest, report = process.stdout.read(), process.stderr.read()
            self.assertEqual(process.returncode, code)
            self.assertIn(f"interrupted by {number.name}\n", report)
            lines = (first + rest).splitlines()
            self.assertEqual(lines, [f"line {i}" for i in range(len(lines))])
            read = re.search(r"read +([\d,]+)", report)[1].replace(",", "")
            self.assertEqual(int(read), len(lines))

    def test_an_endless_run_ends_when_its_reader_has_gone(self):
        with subprocess.Popen([WEIR, "run", "-e", "generate format:text | file.write -"],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              text=True) as process:
            process.stdout.readline()
            process.stdout.close()
            self.assertEqual(process.wait(), 0)
            self.assertRegex(process.stderr.read(), r"filtered +[\d,]+ +reader_gone")

    def test_on_a_terminal_a_live_line_is_shown_and_cleared_before_the_report(self):
        main, terminal = pty.openpty()
        line = f"generate rate:500/s format:text | file.write {self.file('out.txt')}"
        with subprocess.Popen([WEIR, "run", "-e", line], stderr=terminal,
                              stdout=subprocess.DEVNULL,
                              env={**os.environ, "TERM": "xterm", "NO_COLOR": "1"}) as process:
            os.close(terminal)
            seen = ""
            while "in flight" not in seen:
                seen += os.read(main, 4096).decode()
            process.send_signal(signal.SIGINT)
            try:
                while chunk := os.read(main, 4096):
                    seen += chunk.decode()
            except OSError:
                pass  # The other end is closed.
        os.close(main)
        live, report = seen.rsplit("\r\x1b[K", 1)
        self.assertRegex(live, r"read [\d,]+, written [\d,]+  [\d.]+/s .* in flight")
        self.assertTrue(report.startswith("weir: interrupted in "), report)
        self.assertNotIn("\x1b", report)

    def test_no_live_line_where_the_records_go_to_the_same_terminal(self):
        main, terminal = pty.openpty()
        line = "generate rate:500/s format:text | file.write -"
        with subprocess.Popen([WEIR, "run", "-e", line], stderr=terminal, stdout=terminal,
                              env={**os.environ, "TERM": "xterm", "NO_COLOR": "1"}) as process:
            os.close(terminal)
            seen = ""
            while "line 400\r\n" not in seen:  # Time enough for several live lines.
                seen += os.read(main, 4096).decode()
            process.send_signal(signal.SIGINT)
            try:
                while chunk := os.read(main, 4096):
                    seen += chunk.decode()
            except OSError:
                pass  # The other end is closed.
        os.close(main)
        self.assertNotIn("\x1b", seen)
        self.assertIn("weir: interrupted in ", seen)

    # Looking

    def test_try_shows_the_first_records_around_every_stage_and_writes_nothing(self):
        out = self.file("out.csv")
        done = weir("try", "-n", "2", "configs/access-errors.yaml", f"--output={out}")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stdout, r'(?m)^parse \(json\.parse\)\n +1  \{"time".* \| time=2025')
        self.assertRegex(done.stdout, r"(?m)^errors \(filter\)\n +1  time=.* \| \(filtered\)$")
        self.assertEqual(os.listdir(self.folder.name), [])

    def test_try_shows_an_error_beside_its_record(self):
        done = weir("try", "-e", f"file.read {self.bad_lines()} | json.parse | json.format")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stdout, r'(?m)^ +2  \{"a": +\| \(skipped: json: ')

    def test_try_shows_what_waiting_stages_made_and_dead_letters(self):
        done = weir("try", "--calls", "configs/shipping.yaml", f"--rejected={self.file('rejected.ndjson')}")
        self.assertEqual(done.returncode, 0, done.stderr)
        blocks = {block.split(" ", 1)[0]: block for block in done.stdout.split("\n\n")}
        self.assertEqual(list(blocks), ["parse", "ask", "format", "write", "rejected", "write-2"])
        self.assertIn("sent_as=letter", blocks["ask"].replace("\n", ""))
        self.assertRegex(blocks["write"], r"1001,2,letter +\| \(not written\)\n")
        self.assertRegex(blocks["rejected"], r'\| \{"order":"1003"')
        self.assertIn("| (not written)\n", blocks["write-2"])
        self.assertEqual(os.listdir(self.folder.name), [])

    def test_try_asks_nobody_unless_told_to_and_then_just_for_the_records_it_shows(self):
        asked = pathlib.Path(self.file("asked"))
        pipeline = self.file("ask.yaml", f"""stages:
  - uses: file.read
    with: {{ path: samples/data/access.ndjson }}
  - uses: json.parse
  - name: ask
    uses: exec
    with: {{ command: "while read -r line; do echo $line | tee -a {asked}; done", input: "{{status}}", into: answer }}
    on_error: keep
    retry: {{ attempts: 3 }}
  - uses: json.format
  - uses: file.write
    with: {{ path: "-" }}
""")
        done = weir("try", "-n", "2", pipeline)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertFalse(asked.exists())
        self.assertRegex(done.stdout, r"\| \(would ask: 200\)\n")
        self.assertRegex(done.stdout, r"(?m)^format \(json.format\)\n +no record came here$")
        for records in (1, 2, 300):
            asked.unlink(missing_ok=True)
            done = weir("try", "--calls", "-n", str(records), pipeline)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(len(asked.read_text().splitlines()), records)

    def test_a_batch_of_kept_errors_is_no_reason_to_warn_of_unknown_fields(self):
        # The first line fills a batch.
        lines = self.file("lines", "x" * 400_000 + "\n" + '{"a": 1}\n' * 3)
        pipeline = self.file("kept.yaml", f"""stages:
  - uses: file.read
    with: {{ path: {lines} }}
  - uses: json.parse
    on_error: keep
  - uses: filter
    with: {{ where: NAME == 1 }}
  - uses: json.format
  - uses: file.write
    with: {{ path: "-" }}
""")
        for name, warned in (("a", False), ("b", True)):
            text = pathlib.Path(pipeline).read_text().replace("NAME", name)
            done = weir("run", "--threads=1", self.file(f"{name}.yaml", text))
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual("no record of the first batch" in done.stderr, warned, done.stderr)

    def graph_file(self):
        """A loop whose records take 1 to 4 passes, a tee, two sinks and dead letters."""
        return self.file("graph.yaml", GRAPH.replace("FOLDER", self.folder.name))

    def test_a_graph_runs_and_its_merges_show_their_inputs(self):
        done = weir("run", self.graph_file())
        self.assertEqual(done.returncode, 0, done.stderr)
        tries = [line.split(",") for line in done.stdout.splitlines()[1:]]
        self.assertEqual(tries, [[str(n), str(n % 4 + 1)] for n in range(8)])
        audit = pathlib.Path(self.file("audit.ndjson")).read_text().splitlines()
        self.assertEqual(len(audit), 8)
        self.assertRegex(done.stderr, r"(?m)^    from \S+ +ended +8$")

    def test_try_shows_a_graph_by_what_each_stage_was_sent(self):
        done = weir("try", "-n", "2", self.graph_file())
        self.assertEqual(done.returncode, 0, done.stderr)
        blocks = {block.split(" ", 1)[0]: block for block in done.stdout.split("\n\n")}
        self.assertEqual(list(blocks), ["parse", "step", "tries", "done", "both", "write", "audit",
                                        "audit_out", "rejects"])
        self.assertRegex(blocks["tries"], r"\n +1  n=0 +\| n=0  tries=1\n +2  n=1 +\| n=1  tries=1\n"
                                          r" +n=1  tries=1 +\| n=1  tries=2\n$|"
                                          r"\n +1  n=0 +\| n=0  tries=1\n +2  n=1 +\| n=1  tries=1\n"
                                          r" +n=1  tries=1 +\| n=1  tries=2$")
        self.assertRegex(blocks["audit"], r"\n +1  n=0  tries=1 +\| \{")
        self.assertIn("no record came here", blocks["rejects"])
        self.assertFalse(os.path.exists(self.file("audit.ndjson")))

    def test_graph_draws_the_plan_in_three_ways(self):
        file = self.graph_file()
        mermaid = weir("graph", file)
        self.assertEqual((mermaid.returncode, mermaid.stderr), (0, ""))
        self.assertIn("\nflowchart LR\n  subgraph r0 ", mermaid.stdout)
        self.assertIn('==>|"again, at most 3 times"| ', mermaid.stdout)
        self.assertEqual(weir("graph", file).stdout, mermaid.stdout)
        dot = weir("graph", "--dot", file)
        self.assertTrue(dot.stdout.startswith("digraph pipeline {\n"), dot.stdout)
        tools = self.tool("dot", "cat > /dev/null; echo '<svg/>'")
        out = self.file("graph.svg")
        svg = weir("graph", "--svg", "-o", out, file, env={"PATH": tools})
        self.assertEqual((svg.returncode, svg.stdout, svg.stderr), (0, "", ""))
        self.assertEqual(pathlib.Path(out).read_text(), "<svg/>\n")

    def test_graph_without_graphviz_names_the_package_and_writes_nothing(self):
        out = self.file("graph.svg")
        done = weir("graph", "--svg", "-o", out, self.graph_file(), env={"PATH": self.folder.name})
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertTrue(done.stderr.startswith("weir: cannot make an SVG: 'dot' is not on the PATH\n"))
        self.assertIn("'graphviz'", done.stderr)
        self.assertFalse(os.path.exists(out))

    def test_graph_says_what_it_cannot_write(self):
        done = weir("graph", "-o", self.file("no/such.mmd"), self.graph_file())
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, r"^weir: cannot write '.*no/such.mmd': No such file")

    def test_graph_and_explain_take_what_run_takes_and_show_mistakes_as_check_does(self):
        wrong = self.file("wrong.yaml", "stages:\n  - uses: filtr\n")
        for command in ("graph", "explain"):
            for choice in (["-e", LINE], ["configs/access-log.yaml", "--count=2", "--threads", "3"]):
                done = weir(command, *choice)
                self.assertEqual((done.returncode, done.stderr), (0, ""))
                self.assertIn("3 threads" if "--threads" in choice else "thread", done.stdout)
            done = weir(command, wrong)
            self.assertEqual((done.returncode, done.stdout), (2, ""))
            self.assertIn("wrong.yaml:2:11: error: unknown stage type 'filtr'", done.stderr)

    def test_explain_says_of_each_stage_what_it_does_and_ends_with_the_output(self):
        done = weir("explain", self.graph_file())
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        stages = re.findall(r"(?m)^(\w+)(?: \([\w.]+\))?, (?:a source|reads )", done.stdout)
        self.assertEqual(stages, ["read", "parse", "step", "tries", "done", "both", "write", "audit",
                                  "audit_out", "rejects"])
        self.assertLessEqual(max(map(len, done.stdout.splitlines())), 100)
        self.assertIn("is an error of kind 'loop'", done.stdout)
        self.assertIn("\nThe output is deterministic: ", done.stdout)

    def test_every_config_can_be_drawn_and_explained(self):
        for file in sorted((ROOT / "configs").glob("*.yaml")):
            for command in ("graph", "explain"):
                with self.subTest(command=command, file=file.name):
                    done = weir(command, str(file))
                    self.assertEqual((done.returncode, done.stderr), (0, ""))
                    self.assertTrue(done.stdout)

    def test_check_shows_the_mistakes_of_all_files(self):
        one = self.file("one.yaml", "stages:\n  - uses: filtr\n")
        two = self.file("two.yaml", "stagse: []\n")
        done = weir("check", "configs/access-errors.yaml", one, two)
        self.assertEqual(done.returncode, 2)
        self.assertIn("one.yaml:2:11: error: unknown stage type 'filtr'", done.stderr)
        self.assertIn("two.yaml:1:1: error: unknown key 'stagse'", done.stderr)
        self.assertRegex(done.stderr, r"3 files: \d+ errors in 2 files\n$")
        self.assertEqual(done.stdout, "")

    def test_check_of_one_file_shows_the_most_that_can_be_in_flight(self):
        done = weir("check", "configs/access-errors.yaml")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stderr, "1 file: no errors\n")
        head, region, whole = done.stdout.splitlines()
        self.assertEqual(head.split()[:4], ["region", "stages", "records", "memory"])
        self.assertRegex(region, r"^read +5 +100,000 +256 MiB +\d+ +99,999 +input$")
        self.assertRegex(whole, r"^all +5 +100,000 +256 MiB$")

    def test_check_shows_every_region_with_its_share(self):
        done = weir("check", "configs/shipping.yaml")
        self.assertEqual(done.returncode, 0, done.stderr)
        head, *regions, whole = [re.split(r" {2,}", line) for line in done.stdout.splitlines()]
        self.assertEqual(head, ["region", "stages", "records", "memory", "workers", "may wait",
                                "order", "merges"])
        self.assertEqual([row[0] for row in regions], ["read", "ask", "rejected (dead letters)"])
        self.assertEqual([row[4] for row in regions if row[0] == "ask"], ["2"])
        self.assertEqual(sum(number(row[2]) for row in regions), number(whole[2]))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
