"""What weir shows of data, plugins and secrets: nothing steers a terminal, nothing secret appears.

Usage: shown_test.py WEIR
"""

import json
import os
import pathlib
import subprocess
import sys
import unittest

from program import WEIR, ProgramTest, weir

HOSTILE = b"\x1b[31m\x1b]0;title\x07\x08\x7f\xff\xc2\x9b2J\xe2\x80\xae\r"
SECRET = "hunter2-and-the-rest"


def run(*arguments, cwd, stdin=b"", env=None):
    return subprocess.run([WEIR, *arguments], input=stdin, capture_output=True, cwd=cwd,
                          env={**os.environ, **(env or {})}, check=False)


class Shown(ProgramTest):
    def assert_harmless(self, output):
        text = output.decode("utf-8")  # Fails for what is no UTF-8.
        self.assertNotRegex(text, "[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\ufeff]")
        return text

    def pipeline(self, text):
        pathlib.Path(self.folder.name, "p.yaml").write_text(text)
        return "p.yaml"

    def failing(self, stages, data, *arguments, action="skip"):
        """Runs the stages over `data`; all that is shown of it must be harmless."""
        pathlib.Path(self.folder.name, "in").write_bytes(data)
        file = self.pipeline("stages:\n  - uses: file.read\n    with: { path: in, framing: lines }\n"
                             + stages.replace("ACTION", action)
                             + "  - uses: file.write\n    with: { path: out }\n")
        done = run("run", *arguments, file, cwd=self.folder.name)
        return self.assert_harmless(done.stderr)

    def test_what_data_holds_does_not_reach_the_terminal_by_any_error(self):
        stages = {
            "lua": "  - uses: lua\n    with:\n      code: fail(text)\n    on_error: ACTION\n",
            "error": "  - uses: lua\n    with:\n      code: error(text)\n    on_error: ACTION\n",
            "json": "  - uses: json.parse\n    on_error: ACTION\n",
            "csv": "  - uses: csv.parse\n    with: { columns: [a], types: { a: integer } }\n"
                   "    on_error: ACTION\n",
            "regex": "  - uses: regex.match\n    with: { pattern: '^(?P<a>no)', on_mismatch: error }\n"
                     "    on_error: ACTION\n",
            "exec": "  - uses: exec\n    with:\n"
                    "      command: read -r x; echo \"$x\" >&2; exit 3\n    on_error: ACTION\n",
        }
        for name, stage in stages.items():
            for action in ("skip", "fail"):
                for arguments in ((), ("--verbose",), ("--quiet",)):
                    with self.subTest(stage=name, action=action, arguments=arguments):
                        text = self.failing(stage, b"<" + HOSTILE + b">\n", *arguments,
                                            action=action)
                        if action == "fail" and name in ("lua", "error", "regex"):
                            self.assertIn("\\x1b[31m", text)

    def test_nor_does_it_in_a_trial(self):
        pathlib.Path(self.folder.name, "in").write_bytes(HOSTILE + b"\n")
        file = self.pipeline("stages:\n  - uses: file.read\n    with: { path: in }\n  - uses: lua\n"
                             "    with:\n      code: fail(text)\n"
                             "  - uses: file.write\n    with: { path: out }\n")
        done = run("try", file, cwd=self.folder.name)
        self.assert_harmless(done.stdout)
        self.assertIn(b"lua: ", done.stdout)

    def test_a_file_with_a_hostile_name_is_shown_safely_and_found_by_its_real_one(self):
        name = b"a\x1b[31m\n\xff"
        pathlib.Path(os.fsdecode(os.path.join(self.folder.name.encode(), name))).write_text(
            "1\n2\nx\n")
        file = self.pipeline("stages:\n  - uses: file.read\n    with: { path: 'a*' }\n"
                             "  - uses: csv.parse\n    with: { columns: [a], types: { a: integer } }\n"
                             "  - uses: file.write\n    with: { path: out }\n")
        text = self.assert_harmless(run("run", file, cwd=self.folder.name).stderr)
        self.assertRegex(text, r"a\\x1b\[31m\\n\\xff:3 \(byte 4\)")

    def test_mistakes_of_the_command_line_are_shown_safely(self):
        for arguments in (("run", b"\x1b[31m.yaml"), ("run", "x.yaml", b"--\x1b[31m=1"),
                          ("run", "-e", b"\x1b[31m"), ("describe", b"\x1b[31m")):
            with self.subTest(arguments=arguments):
                self.assert_harmless(run(*arguments, cwd=self.folder.name).stderr)

    def test_a_secret_of_the_environment_appears_nowhere(self):
        mistakes = {
            "integer": "  - uses: take\n    with: { count: '${env.PW}' }\n",
            "size": "  - uses: group\n    with: { bytes: '${env.PW}', separator: a }\n",
            "type": "  - uses: '${env.PW}'\n",
            "name": "  - uses: take\n    name: '${env.PW}!'\n    with: { count: 1 }\n",
            "pattern": "  - uses: regex.match\n    with: { pattern: '(${env.PW}' }\n",
            "field": "  - uses: filter\n    with:\n      where: a == 1 ${env.PW}\n",
            "code": "  - uses: lua\n    with:\n      code: x = ${env.PW} y\n",
            "template": "  - uses: text.format\n    with:\n      template: '{a${env.PW}'\n",
        }
        for name, stage in mistakes.items():
            with self.subTest(mistake=name):
                file = self.pipeline("stages:\n  - uses: generate\n    with: { count: 1 }\n" + stage +
                                     "  - uses: file.write\n    with: { path: '-' }\n")
                for command in ("check", "explain", "graph"):
                    done = run(command, file, cwd=self.folder.name, env={"PW": SECRET})
                    self.assert_no_piece(done.stdout + done.stderr)
                self.assertNotEqual(done.returncode, 0)

    def assert_no_piece(self, output):
        for at in range(len(SECRET) - 4):
            self.assertNotIn(SECRET[at:at + 5].encode(), output)

    def test_a_secret_appears_in_no_report_log_or_errors_file(self):
        file = self.pipeline("name: job-${env.PW}\nstages:\n  - uses: generate\n    with: { count: 2 }\n"
                             "  - uses: lua\n    name: f\n    when: method ~= '${env.PW}'\n    with:\n"
                             "      code: fail('no ${env.PW} here')\n    on_error: skip\n"
                             "  - uses: csv.format\n    with: { columns: [n] }\n"
                             "  - uses: file.write\n    with: { path: '${env.PW}.csv' }\n")
        for arguments in (("run", "--verbose", "--errors", "e.ndjson"), ("try",), ("explain",),
                          ("graph",), ("graph", "--dot"), ("check",)):
            with self.subTest(arguments=arguments):
                done = run(*arguments, file, cwd=self.folder.name, env={"PW": SECRET})
                self.assertEqual(done.returncode, 0)
                self.assert_no_piece(done.stdout + done.stderr)
        errors = pathlib.Path(self.folder.name, "e.ndjson").read_text().splitlines()
        self.assertEqual({json.loads(line)["message"] for line in errors}, {"no ${env.PW} here"})
        failing = self.pipeline(pathlib.Path(self.folder.name, file).read_text()
                                .replace("on_error: skip", "on_error: fail"))
        done = run("run", failing, cwd=self.folder.name, env={"PW": SECRET})
        self.assert_no_piece(done.stderr)
        self.assertIn(b"no ${env.PW} here", done.stderr)

    def test_a_credential_in_the_file_stands_in_no_excerpt(self):
        file = self.pipeline("stages:\n  - uses: generate\n  - uses: http.fetch\n    with:\n"
                             "      url: 'http://x/'\n"
                             f"      headers: {{ accept: '{{', x-api-key: '{SECRET}', host: '}}' }}\n"
                             "  - uses: file.write\n    with: { path: '-' }\n")
        done = run("check", file, cwd=self.folder.name)
        self.assert_no_piece(done.stderr)
        self.assertIn(b"headers: { accept: '{', x-api-key: *********", done.stderr)
        self.assertEqual(done.returncode, 2)

    def test_print_yaml_shows_what_was_written(self):
        done = run("run", "--print-yaml", "-e", "text.format '${env.PW}'", cwd=self.folder.name,
                   env={"PW": SECRET})
        self.assertIn(b"template: '${env.PW}'\n", done.stdout)
        self.assert_no_piece(done.stdout)


class Code(ProgramTest):
    def test_check_says_which_code_it_loads_and_loads_none_where_told_so(self):
        library = self.file("own.so", "no library")
        file = self.file("p.yaml", "plugins: [own.so]\nstages:\n  - uses: own.read\n"
                                   "  - uses: file.write\n    with: { pth: '-' }\n")
        done = weir("check", file)
        self.assertEqual(done.returncode, 2)
        self.assertTrue(done.stderr.startswith(f"loads code: {library}\n"), done.stderr)
        self.assertIn("cannot load plugin 'own.so'", done.stderr)
        for command in ("check", "run", "try", "explain", "graph"):
            with self.subTest(command=command):
                done = weir(command, "--no-plugins", file)
                self.assertEqual(done.returncode, 2)
                self.assertNotIn("loads code", done.stderr)
                self.assertRegex(done.stderr, r"p.yaml:1:11: error: plugin 'own.so' is not loaded: "
                                              r"--no-plugins\n")
                self.assertIn("unknown option 'pth'", done.stderr)  # All else is checked.


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]])
