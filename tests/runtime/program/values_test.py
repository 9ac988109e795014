"""What `${...}` stands for is data wherever it stands, and never code.

Usage: values_test.py WEIR
"""

import json
import pathlib
import subprocess
import sys
import unittest

from program import WEIR, ProgramTest, weir

# Each would end, or begin, something in one of the languages that a value may stand in.
HOSTILE = [
    "plain", "", "x' or true or '", 'x" or true or "', "\\", "\\'", '\\"', "]]", "]==]", "--", "--[[",
    "{", "}", "{n}", "}{", "${params.n}", "${env.HOME}", "$${", "$(echo code)", "`echo code`",
    "'; echo code; '", '"; echo code; "', "a  b", "*", "~", "#", "!", "a=b", "\t", "%s %d", "\\1",
    "nil", "1) or (1", "é ü", "x" * 100_000,
]
# What no argument of the command line, or no line, can hold.
BINARY = [b"a\0b", b"\xff\xfe", b"a\nb", b"a\r\nb", b"\x1b[31m", b"\x01\x02\x7f"]

PLACES = r"""
stages:
  - uses: generate
    with: { count: 1 }
  - uses: set
    with:
      fields:
        bare: VALUE
        single: '"<" .. ''VALUE'' .. ">"'
        double: '"<VALUE>"'
        joined: VALUE .. 'VALUE' --[[ VALUE ]] .. "VALUE" -- VALUE
        named: fields['VALUE'] == nil
  - uses: lua
    with:
      code: |
        -- VALUE
        fields.lua = "<VALUE>" .. VALUE --[==[ VALUE ]==] .. '<VALUE>'
  - uses: regex.replace
    with:
      field: lua
      pattern: '^<QUOTED>'
      to: '(VALUE)'
  - uses: filter
    with:
      where: VALUE == 'VALUE' and matches(bare, '^QUOTED$')
  - uses: text.format
    with:
      template: "VALUE|{{VALUE}}|{method}"
  - uses: lua
    with:
      code: fields.made = text
  - uses: json.format
  - uses: file.write
    with: { path: "-" }
"""


def run(text, *arguments, cwd=None):
    path = pathlib.Path(cwd) / "values.yaml"
    path.write_text(text)
    return subprocess.run([WEIR, "run", "--quiet", str(path), *arguments], capture_output=True,
                          cwd=cwd, check=False)


class Values(ProgramTest):
    def expect_everywhere(self, value, text, *arguments):
        done = run(text, *arguments, cwd=self.folder.name)
        self.assertEqual(done.stderr, b"")
        record = json.loads(done.stdout)
        plain = value.decode("utf-8", errors="replace")
        self.assertEqual(record["made"], f"{plain}|{{{plain}}}|{record['method']}")
        self.assertEqual(record["bare"], plain)
        self.assertEqual(record["single"], f"<{plain}>")
        self.assertEqual(record["double"], f"<{plain}>")
        self.assertEqual(record["joined"], plain * 3)
        self.assertEqual(record["named"], True)
        self.assertEqual(record["lua"], f"({plain}){plain}<{plain}>")

    def test_params_stay_data_in_expressions_templates_patterns_and_lua(self):
        text = "params:\n  c: { default: \"\", type: text }\n  n: { default: 1 }"
        text += PLACES.replace("VALUE", "${params.c}").replace("QUOTED", "${quote:params.c}")
        for value in HOSTILE:
            with self.subTest(value=value[:40]):
                self.expect_everywhere(value.encode(), text, "--set", f"c={value}")

    def test_files_and_the_environment_stay_data(self):
        text = PLACES.replace("VALUE", "${file.value}").replace("QUOTED", "${quote:file.value}")
        for value in [value.encode() for value in HOSTILE] + BINARY:
            with self.subTest(value=value[:40]):
                (pathlib.Path(self.folder.name) / "value").write_bytes(value)
                whole = text
                if value == b"\xff\xfe":  # No UTF-8: it cannot stand in a pattern.
                    whole = whole.replace("^<${quote:file.value}>", "^<[^>]*>")
                    whole = whole.replace(" and matches(bare, '^${quote:file.value}$')", "")
                self.expect_everywhere(value, whole)

    def test_the_text_of_generated_records_takes_a_value_as_it_is(self):
        text = "params:\n  c: { type: text }\nstages:\n  - uses: generate\n" \
               "    with: { count: 1, format: text, text: '<${params.c}>{n}' }\n" \
               "  - uses: file.write\n    with: { path: '-' }\n"
        for value in HOSTILE:
            with self.subTest(value=value[:40]):
                done = run(text, "--set", f"c={value}", cwd=self.folder.name)
                self.assertEqual(done.stdout.decode(), f"<{value}>0\n")

    def test_a_shell_gets_a_value_as_one_word_whatever_the_quotes_around(self):
        command = ("while read -r x; do printf '<%s>' VALUE a'VALUE'b \"VALUE\" \"$(printf %s VALUE)\" "
                   "'a \"VALUE\" b' # VALUE\n  echo; done")
        text = "params:\n  c: { type: text }\n  n: { default: 1 }\nstages:\n  - uses: generate\n" \
               "    with: { count: 1, format: text }\n  - uses: exec\n    with:\n      command: |\n" \
               "        " + command.replace("\n", "\n        ").replace("VALUE", "${params.c}") + \
               "\n  - uses: file.write\n    with: { path: '-' }\n"
        for value in HOSTILE:
            if value == "":
                continue
            with self.subTest(value=value[:40]):
                done = run(text, "--set", f"c={value}", cwd=self.folder.name)
                self.assertEqual((done.stderr, done.returncode), (b"", 0))
                # In `"$(printf %s "...")"` as everywhere: one word, as it came.
                expected = f"<{value}><a{value}b><{value}><{value}><a \"{value}\" b>\n"
                self.assertEqual(done.stdout.decode(), expected)

    def test_a_list_is_a_command_whose_words_need_no_quotes(self):
        text = "params:\n  c: { type: text }\nstages:\n  - uses: generate\n" \
               "    with: { count: 1, format: text }\n  - uses: exec\n    with:\n" \
               "      command: [sh, -c, 'while read -r x; do printf \"%s\\n\" \"$1\"; done', sh, " \
               "\"${params.c}\"]\n  - uses: file.write\n    with: { path: '-' }\n"
        for value in HOSTILE:
            with self.subTest(value=value[:40]):
                done = run(text, "--set", f"c={value}", cwd=self.folder.name)
                self.assertEqual(done.stdout.decode(), value + "\n")

    def test_where_a_shell_would_take_a_value_for_code_it_is_refused(self):
        for command, message in (
                ("echo $((VALUE + 1))", "expected an integer for 'VALUE'"),
                ("cat <<E\nVALUE\nE", "'VALUE' cannot stand behind '<<'"),
                ("echo `echo VALUE`", "'VALUE' cannot stand inside of backticks"),
                ("echo $${x:-VALUE}", "'VALUE' cannot stand inside of the shell's own '${...}'"),
                ("echo \\VALUE", "expected no '\\' before 'VALUE'"),
                ("echo \"$(( (1) + VALUE ))\"", "expected an integer for 'VALUE'")):
            text = "params:\n  c: { default: x }\nstages:\n  - uses: generate\n" \
                   "    with: { count: 1, format: text }\n  - uses: exec\n    with:\n" \
                   "      command: |\n        " + command.replace("\n", "\n        ") + \
                   "\n  - uses: file.write\n    with: { path: '-' }\n"
            with self.subTest(command=command):
                done = weir("check", self.file("p.yaml", text.replace("VALUE", "${params.c}")))
                self.assertEqual(done.returncode, 2)
                place = done.stderr.splitlines()
                self.assertIn("error: " + message.replace("VALUE", "${params.c}"), place[0])
                self.assertEqual(place[1].find("${params.c}"), place[2].find("^"))

    def test_a_value_with_nul_is_no_argument_of_a_program(self):
        (pathlib.Path(self.folder.name) / "value").write_bytes(b"a\0b")
        for command in ("cat ${file.value}", "[cat, \"${file.value}\"]"):
            done = run("stages:\n  - uses: generate\n    with: { count: 1, format: text }\n"
                       f"  - uses: exec\n    with:\n      command: {command}\n"
                       "  - uses: file.write\n    with: { path: '-' }\n", cwd=self.folder.name)
            self.assertEqual(done.returncode, 2)
            self.assertIn(b"error: expected a command without NUL", done.stderr)

    def test_a_param_of_type_expression_is_an_expression_where_it_stands_alone(self):
        def pipeline(where):
            return self.file("p.yaml", "params:\n  w: { type: expression }\nstages:\n"
                                       "  - uses: generate\n    with: { count: 10 }\n"
                                       f"  - uses: filter\n    with:\n      where: {where}\n"
                                       "  - uses: csv.format\n    with: { columns: [n] }\n"
                                       "  - uses: file.write\n    with: { path: '-' }\n")

        good = weir("check", pipeline("${params.w}"), "--set", "w=status >= 400 and ms > 3")
        self.assertEqual((good.returncode, good.stderr), (0, "1 file: no errors\n"))
        bad = weir("check", pipeline("${params.w}"), "--set", "w=status >= 400)")
        self.assertIn("error: expected an operator, got ')'", bad.stderr)
        part = weir("check", pipeline("status > 1 and ${params.w}"), "--set", "w=true")
        self.assertIn("error: '${params.w}' is an expression, and stands alone", part.stderr)
        text = self.file("t.yaml", pathlib.Path(pipeline("${params.w}")).read_text()
                         .replace("type: expression", "type: text"))
        done = weir("check", text, "--set", "w=status > 400")
        self.assertIn("warning: '${params.w}' is a constant: it is the same for every record",
                      done.stderr)

    def test_digits_without_a_type_are_not_compared_as_a_text(self):
        text = "params:\n  above: { default: \"1000\" }\nstages:\n  - uses: generate\n" \
               "    with: { count: 3 }\n  - uses: filter\n    with:\n" \
               "      where: ms > ${params.above} and status < ${env.WEIR_LEAST}\n" \
               "  - uses: json.format\n  - uses: file.write\n    with: { path: '-' }\n"
        def check(**values):
            found = text
            for old, new in values.items():
                found = found.replace(*new)
            return weir("check", self.file("p.yaml", found), env={"WEIR_LEAST": "1000"}).stderr

        self.assertIn("p.yaml:8:19: error: expected a number beside '>', got text of param 'above'\n",
                      check())
        self.assertIn("  say 'type: number' at the param, or 'type: text'\n", check())
        plain = ('"1000"', "1000")
        self.assertIn("error: expected a number beside '<', got text of 'env.WEIR_LEAST'\n",
                      check(a=plain))
        numbers = check(a=plain, b=("${env.WEIR_LEAST}", "tonumber(${env.WEIR_LEAST})"))
        self.assertEqual(numbers, "1 file: no errors\n")


class Blocks(ProgramTest):
    def check(self, option, value):
        text = "stages:\n  - uses: generate\n    with: { count: 1, format: ndjson }\n" \
               f"  - uses: {option[0]}\n    with:\n      {option[1]}: {value}\n" \
               "  - uses: file.write\n    with: { path: '-' }\n"
        return weir("check", self.file("p.yaml", text)).stderr

    def test_a_pattern_in_a_block_that_ends_with_a_line_break_gets_a_warning(self):
        pattern = ("regex.match", "pattern")
        for mark in ("|", ">"):
            self.assertEqual(self.check(pattern, f"{mark}\n        ^a"),
                             "{0}:6:16: warning: the value ends with a line break, which has to match\n"
                             "        pattern: {1}\n                 ^\n  write '{1}-' in place of '{1}'\n"
                             "1 file: no errors, 1 warning\n".format(self.file("p.yaml"), mark))
        for good in ("|-\n        ^a", "'^a'", '"^a\\n"', "^a"):
            self.assertEqual(self.check(pattern, good), "1 file: no errors\n")

    def test_so_does_a_template_of_one_line_but_none_of_several(self):
        template = ("text.format", "template")
        self.assertIn("warning: the value ends with a line break\n",
                      self.check(template, "|\n        a"))
        for good in ("|\n        a\n        b", "|-\n        a"):
            self.assertEqual(self.check(template, good), "1 file: no errors\n")


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]])
