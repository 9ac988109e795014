"""`weir schema`: what weir takes is valid by it, and what it says is wrong, weir refuses too.

Usage: schema_test.py WEIR [--update]
"""

import json
import pathlib
import re
import sys
import unittest

from program import ROOT, WEIR, ProgramTest, weir

try:
    import yaml
    from jsonschema import Draft7Validator
except ImportError as missing:
    print(f"SKIPPED: {missing}; python3-yaml and python3-jsonschema have it", file=sys.stderr)
    sys.exit(77)

BAD = ROOT / "tests" / "bad_configs"
# The mistakes that the schema does not see: a file, a blank, and why.
PASSES = pathlib.Path(__file__).with_name("schema_passes.txt")


class Core(yaml.SafeLoader):
    """The scalars of YAML 1.2's core schema, by which editors read a file. PyYAML's own are those of
    YAML 1.1, where 2026-01-31 is a date and `on` is true."""


Core.yaml_implicit_resolvers = {}
for tag, pattern, first in (
        ("bool", r"true|True|TRUE|false|False|FALSE", [*"tTfF"]),
        ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
        ("int", r"[-+]?[0-9]+", [*"-+0123456789"]),
        ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", [*"-+.0123456789"])):
    Core.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(f"^({pattern})$"), first)


def parsed(text):
    return json.loads(json.dumps(yaml.load(text, Core)))


def yaml_blocks(page):
    return re.findall(r"^```yaml\n(.*?)^```$", page.read_text(), re.MULTILINE | re.DOTALL)


class SchemaTest(ProgramTest):
    @classmethod
    def setUpClass(cls):
        done = weir("schema")
        assert done.returncode == 0 and not done.stderr, done.stderr
        cls.schema = json.loads(done.stdout)
        cls.validator = Draft7Validator(cls.schema)

    def problems(self, pipeline):
        return [f"{'/'.join(map(str, error.absolute_path))}: {error.message[:200]}"
                for error in self.validator.iter_errors(pipeline)]

    def test_it_is_a_schema(self):
        Draft7Validator.check_schema(self.schema)

    def test_what_weir_takes_is_valid(self):
        files = [*(ROOT / "configs").glob("*.yaml"), *(ROOT / "bench").glob("**/*.yaml")]
        texts = [(path.name, path.read_text()) for path in files if path.name.count(".") == 1]
        for page in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]:
            texts += [(page.name, block) for block in yaml_blocks(page) if "\nstages:" in f"\n{block}"]
        self.assertGreater(len(texts), 100)
        own = re.compile(r"uses: (bench|hello|greet)\b|bench\.")
        found = {}
        for name, text in texts:
            if own.search(text):
                continue
            problems = self.problems(parsed(text))
            if problems and weir("check", self.file("checked.yaml", text)).returncode == 0:
                found[name] = problems
        self.assertEqual(found, {})

    def test_each_types_example_is_valid(self):
        text = (ROOT / "docs" / "reference.md").read_text()
        sections = re.split(r"^### ", text, flags=re.MULTILINE)[1:]
        self.assertGreater(len(sections), 30)
        for section in sections:
            name = section.splitlines()[0]
            for block in re.findall(r"^```yaml\n(.*?)^```$", section, re.MULTILINE | re.DOTALL):
                pipeline = parsed(block)
                if "stages" not in pipeline:
                    pipeline = {"stages": pipeline if isinstance(pipeline, list) else [pipeline]}
                with self.subTest(type=name):
                    self.assertEqual(self.problems(pipeline), [])

    def test_mistakes_are_seen_where_they_are(self):
        def stages(*stages):
            return {"stages": [*stages, {"uses": "file.write", "with": {"path": "-"}}]}

        read = {"uses": "file.read", "with": {"path": "-"}}
        for pipeline, place in (
                ({}, ""),
                ({"stages": [], "stage": 1}, ""),
                (stages({"uses": "file.raed"}), "stages/0/uses"),
                (stages({"uses": "file.read"}), "stages/0"),
                (stages({"uses": "file.read", "with": {"pth": "a"}}), "stages/0/with"),
                (stages({**read, "workers": 3}), "stages/0"),
                (stages(read, {"uses": "sort", "with": {"by": "a"}, "retry": {"attempts": 2}}),
                 "stages/1"),
                (stages(read, {"uses": "delay", "with": {"for": "1s"}, "retry": {"attempts": 0}}),
                 "stages/1/retry/attempts"),
                (stages(read, {"uses": "delay", "with": {"for": "1s"}, "timeout": 5}),
                 "stages/1/timeout"),
                (stages(read, {"uses": "delay", "with": {"for": "1s"}, "on_error": "ignore"}),
                 "stages/1/on_error"),
                (stages(read, {"uses": "sample", "with": {"share": "lots"}}),
                 "stages/1/with/share"),
                ({**stages(read), "limits": {"memory": "much"}}, "limits/memory"),
                ({**stages(read), "limits": {"records": 0}}, "limits/records"),
                ({**stages(read), "shared": {"rates": {"api": "5"}}}, "shared/rates/api")):
            with self.subTest(place=place):
                problems = self.problems(pipeline)
                # Versions of jsonschema differ in where a key that is not allowed is reported.
                self.assertTrue(any(problem.startswith(place) for problem in problems),
                                f"{pipeline}\n{problems}")

    def test_what_stands_for_a_value_is_no_mistake(self):
        self.assertEqual(self.problems({
            "params": {"n": {"default": 3, "type": "integer"}},
            "limits": {"records": "${params.n}", "memory": "${params.n}MiB"},
            "stages": [
                {"uses": "file.read", "with": {"path": "${env.HOME}/a", "header": "${params.n}"}},
                {"uses": "filter", "with": {"where": True}, "workers": "${params.n}"},
                {"uses": "file.write", "with": {"path": 5}, "on_error": "skip"}]}), [])

    def test_nothing_after_a_maps_key_and_a_bare_point_are_no_mistakes(self):
        read = "{uses: file.read, with: {path: '-'}}"
        write = "{uses: file.write, with: {path: '-'}}"
        for text in (f"limits:\nparams:\nshared:\nstages: [{read}, {write}]",
                     f"stages:\n- {read}\n- uses: json.parse\n  with:\n"
                     f"- uses: json.format\n  with:\n- {write}",
                     f"stages: [{read}, {{uses: delay, with: {{for: 1.s}}}}, {write}]",
                     f"stages: [{read}, {{uses: delay, with: {{for: .5s}}}}, {write}]"):
            with self.subTest(text=text):
                done = weir("check", self.file("checked.yaml", text))
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertEqual(self.problems(parsed(text)), [])

    def test_a_types_required_option_needs_its_map(self):
        text = "stages:\n- uses: file.read\n  with:\n- uses: file.write\n  with: {path: '-'}\n"
        self.assertNotEqual(weir("check", self.file("checked.yaml", text)).returncode, 0)
        self.assertNotEqual(self.problems(parsed(text)), [])

    def test_bad_files_that_pass_are_listed_with_the_reason(self):
        passes = set()
        for path in sorted(BAD.glob("*.yaml")):
            try:
                pipeline = parsed(path.read_text())
            except (yaml.YAMLError, ValueError, TypeError):
                continue
            # The types of these files are those of tests/compile.
            if isinstance(pipeline, dict) and not [
                    problem for problem in self.problems(pipeline) if "/uses" not in problem]:
                passes.add(path.name)
        listed = dict(line.split(" ", 1) for line in PASSES.read_text().splitlines())
        self.assertEqual(set(listed), passes)
        self.assertTrue(all(reason.strip() for reason in listed.values()))

    def test_the_types_of_a_files_plugins_are_known(self):
        plugin = pathlib.Path(WEIR).resolve().parents[1] / "tests/runtime/plugins/greet.so"
        file = self.file("greets.yaml", f"plugins: [{plugin}]\nstages: []\n")
        done = weir("schema", file)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn('"const":"greet', done.stdout)
        self.assertNotIn('"const":"greet', weir("schema", "--no-plugins", file).stdout)
        self.assertEqual(weir("schema", self.file("none.yaml")).returncode, 2)


if __name__ == "__main__":
    unittest.main(verbosity=1, argv=sys.argv[:1])
