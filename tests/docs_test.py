"""Every fenced block of the documentation runs, and does what the page says.

- yaml: a whole pipeline. One whose first line is a comment with a file's name is that file of the
  repository, or is written there for the commands that follow. Others are checked and run here.
- console: `$ command` and what it prints. A line `...` stands for any lines; times, rates and what
  else differs from run to run is not compared.
- cpp and cmake: compiles, or stands word by word in the sample plugin (always so in plugins.md). One whose
  first line is a comment with a file's name is built as the plugin libNAME.so for what follows.
- sh: commands without output; those below are not run.

Each page runs in a copy of the repository. The yaml of docs/reference.md are the examples of the
stage types. Usage: docs_test.py WEIR
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent
WEIR = pathlib.Path(sys.argv[1]).resolve()
# As weir is: a plugin with sanitizers is for a weir with the same, and the other way round.
CXX = [os.environ.get("CXX", "c++"), *os.environ.get("CXXFLAGS", "").split()]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
SAMPLE = ROOT / "samples" / "hello_stage"

REBUILDS = "builds weir, which this test is part of"
INSTALLED = "install_test does this"
SKIPPED = {
    "make demo": REBUILDS,
    "make test": REBUILDS,
    "cmake --preset dev": REBUILDS,
    "cmake --build build/dev": REBUILDS,
    "ctest --test-dir build/dev -R compile_test --output-on-failure": REBUILDS,
    "make asan": REBUILDS,
    "make tsan": REBUILDS,
    "make fuzz": REBUILDS,
    "make format": "changes the source files",
    "make docs": REBUILDS,
    "make bench": REBUILDS,
    "make instructions": REBUILDS,
    ".ci/run": REBUILDS,
    "cmake --install build/release --prefix ~/weir": INSTALLED,
    "cmake -S samples/hello_stage -B build/hello -DCMAKE_PREFIX_PATH=$HOME/weir": INSTALLED,
    "cmake --build build/hello": INSTALLED,
}

# What differs from run to run or machine to machine, in the order in which it is looked for.
VARYING = [
    (re.compile(r"on \d+ threads?"), "on N threads"),
    (re.compile(r"[\d.,]+ ?(?:[kMG] )?records/s"), "RATE"),
    (re.compile(r"[\d.,]+ ?[kMG]?B/s"), "RATE"),
    (re.compile(r"[\d.,]+ (?:ns|us|ms|s|min)(?![a-z])"), "TIME"),
    (re.compile(r"[\d.]+ %"), "SHARE"),
    (re.compile(r"peak +[\d,]+ +in flight, [\d.]+ [KMG]iB"), "peak N in flight, SIZE"),
    (re.compile(r" +"), " "),
]

# What a report says only where the machine was slow.
SLOW = re.compile(r"\n\n  longest hold: .*")


class Block:
    def __init__(self, page, line, language, text):
        self.where = f"{page.relative_to(ROOT)}:{line}"
        self.language = language
        self.text = text

    def file_name(self):
        found = re.match(r"# (\S+\.yaml)\n", self.text)
        return found and found[1]


def blocks_of(page):
    blocks, start = [], None
    for number, line in enumerate(page.read_text().splitlines(), 1):
        if start is None and line.startswith("```"):
            start, language, lines = number, line[3:], []
        elif line == "```":
            blocks.append(Block(page, start, language, "".join(f"{l}\n" for l in lines)))
            start = None
        elif start is not None:
            lines.append(line)
    assert start is None, f"{page}:{start}: a block without an end"
    return blocks


def commands_of(block):
    """[(command, the lines that it prints)]"""
    commands = []
    for line in block.text.splitlines():
        if line.startswith("$ "):
            commands.append((line[2:], []))
        else:
            assert commands, f"{block.where}: output before the first command"
            commands[-1][1].append(line)
    return commands


def masked(line):
    for pattern, word in VARYING:
        line = pattern.sub(word, line)
    return line.rstrip()


def matches(wanted, got):
    """Whether the lines are the same, where `...` stands for any number of them."""
    pattern = "".join(r"(?:.*\n)*" if line == "..." else re.escape(masked(line)) + "\n"
                      for line in wanted)
    return re.fullmatch(pattern, "".join(masked(line) + "\n" for line in got)) is not None


class Docs(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.copy = pathlib.Path(folder.name)
        for name in ("configs", "samples"):
            shutil.copytree(ROOT / name, self.copy / name)
        self.env = {**os.environ, "PATH": f"{WEIR.parent}:{os.environ['PATH']}", "LC_ALL": "C.UTF-8"}
        self.env.pop("COLUMNS", None)

    def run_command(self, command):
        return subprocess.run(command, shell=True, cwd=self.copy, env=self.env, check=False,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, encoding="utf-8", timeout=60)

    def run_page(self, page):
        blocks = blocks_of(page)
        commands = [command for block in blocks if block.language == "console"
                    for command, _ in commands_of(block)]
        for block in blocks:
            with self.subTest(block=block.where):
                run = getattr(self, f"run_{block.language}", None)
                self.assertIsNotNone(run, f"a block of language '{block.language}'")
                run(block, commands)

    def run_yaml(self, block, commands):
        self.assertRegex(block.text, r"(?m)^stages:", "no whole pipeline")
        name = block.file_name()
        if name and (ROOT / name).exists():
            self.assertEqual(block.text.split("\n", 1)[1], (ROOT / name).read_text())
            return
        (self.copy / (name or "block.yaml")).write_text(block.text)
        if name:
            self.assertTrue(any(name in command for command in commands), f"nobody runs {name}")
            if f"weir check {name}" in commands:
                return  # Whose output is compared.
        for command in ["check"] if name else ["check", "run --quiet"]:
            done = self.run_command(f"weir {command} {name or 'block.yaml'}")
            self.assertEqual(done.returncode, 0, done.stdout)

    def run_console(self, block, _):
        for command, wanted in commands_of(block):
            got = SLOW.sub("", self.run_command(command).stdout).splitlines()
            if not matches(wanted, got):
                self.assertEqual(list(map(masked, wanted)), list(map(masked, got)), command)

    def run_sh(self, block, _):
        for command in block.text.splitlines():
            if command not in SKIPPED:
                done = self.run_command(command)
                self.assertEqual(done.returncode, 0, f"{command}\n{done.stdout}")

    def run_cpp(self, block, _):
        if name := re.match(r"// (\w+)\.cc\n", block.text):
            done = subprocess.run(
                [*CXX, "-std=c++20", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC",
                 "-fvisibility=hidden", "-I", str(ROOT / "include"), "-x", "c++", "-", "-o",
                 str(self.copy / f"lib{name[1]}.so")],
                input=block.text, capture_output=True, text=True, check=False)
            self.assertEqual(done.returncode, 0, done.stderr)
            return
        if block.where.startswith("docs/plugins.md"):
            self.assertIn(block.text, (SAMPLE / "hello.cc").read_text())
            return
        done = subprocess.run(
            [*CXX, "-std=c++20", "-fsyntax-only", "-Wall", "-Wextra", "-Werror", "-I",
             str(ROOT / "include"), "-x", "c++", "-"],
            input=block.text, capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)

    def run_cmake(self, block, _):
        self.assertIn(block.text, (SAMPLE / "CMakeLists.txt").read_text())

    def build_sample(self):
        """What the commands of plugins.md that are not run here would leave behind."""
        folder = self.copy / "build" / "hello"
        folder.mkdir(parents=True)
        shutil.copy(SAMPLE / "hello.yaml", folder)
        subprocess.run([*CXX, "-std=c++20", "-shared", "-fPIC", "-fvisibility=hidden", "-I",
                        str(ROOT / "include"), str(SAMPLE / "hello.cc"), "-o",
                        str(folder / "libhello.so")], check=True)

    # Tests

    def test_the_blocks_of_plugins_md_do_what_it_says(self):
        self.build_sample()
        self.run_page(ROOT / "docs" / "plugins.md")

    def test_every_link_leads_to_a_file(self):
        for page in PAGES:
            prose = re.sub(r"(?ms)^```.*?^```$", "", page.read_text())
            for target in re.findall(r"\]\(([^)#]+)[^)]*\)", prose):
                if not target.startswith("https://"):
                    self.assertTrue((page.parent / target).exists(), f"{page.name}: {target}")

    def test_a_skipped_command_is_still_in_some_page(self):
        lines = {line for page in PAGES for line in page.read_text().splitlines()}
        self.assertEqual([command for command in SKIPPED if command not in lines], [])

    def test_a_comparison_notices_what_differs(self):
        got = ["a", "read 3 in 1.2 ms", "b"]
        self.assertTrue(matches(["...", "read 3 in 9.9 us", "b"], got))
        self.assertTrue(matches(["a", "..."], got))
        for wanted in (["...", "read 4 in 1.2 ms", "b"], ["a"], ["..."] + got + ["c"]):
            self.assertFalse(matches(wanted, got))


def add_page(page):
    name = re.sub(r"\W", "_", page.name.lower())
    setattr(Docs, f"test_the_blocks_of_{name}_do_what_it_says", lambda self: self.run_page(page))


for each in PAGES:
    if each.name != "plugins.md":
        add_page(each)

if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
