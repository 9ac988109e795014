"""The ABI number of the public headers: fails where they have changed and it has not.

`tests/abi_test.py --pin` raises WEIR_ABI, if the headers have changed since it was set, and notes
what they are now in tests/abi.txt: a line with the number and the hash of all, then one a header.
"""

import hashlib
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent
PIN = "tests/abi.txt"
VERSION = "include/weir/version.h"
NUMBER = re.compile(r"(#define WEIR_ABI )(\d+)")
CXX = os.environ.get("CXX", "c++")
COMMAND = "python3 tests/abi_test.py --pin"
# What a compiler sees: comments are dropped, blanks only separate.
TOKEN = re.compile(
    r'//[^\n]*|/\*.*?\*/|(?P<raw>R"(?P<mark>[^(]*)\(.*?\)(?P=mark)")|(?P<text>"(?:\\.|[^"\\])*")'
    r"|(?P<char>(?<![0-9a-zA-Z_])'(?:\\.|[^'\\])+')|(?P<word>[\w']+)|(?P<sign>[^\s\w])", re.DOTALL)


def tokens(source):
    """The tokens of a header; WEIR_ABI's own number is none of what it counts."""
    source = NUMBER.sub(r"\1", source.replace("\\\n", " "))
    return [match.group() for match in TOKEN.finditer(source) if match.lastgroup]


def digest(text):
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def hashes(root):
    folder = root / "include" / "weir"
    return {str(path.relative_to(folder)): digest("\n".join(tokens(path.read_text())))
            for path in sorted(folder.rglob("*.h"))}


def lines_of(number, headers):
    every = digest("\n".join(f"{name} {value}" for name, value in headers.items()))
    return [f"abi {number} {every}"] + [f"{name} {value}" for name, value in headers.items()]


def number_in(root):
    return int(NUMBER.search((root / VERSION).read_text())[2])


def problem(root):
    """What is wrong, and what to do; empty: nothing."""
    headers, number = hashes(root), number_in(root)
    path = root / PIN
    pinned = path.read_text().splitlines() if path.exists() else []
    if pinned == lines_of(number, headers):
        return ""
    known = dict(line.rsplit(" ", 1) for line in pinned[1:] if " " in line)
    changed = [name for name in {**known, **headers} if known.get(name) != headers.get(name)]
    what = f"public headers changed ({', '.join(changed)})" if changed else f"{PIN} is out of date"
    return (f"{what}: a plugin that was built before must be refused; run '{COMMAND}', which "
            f"raises WEIR_ABI in {VERSION}, and commit both files")


def pin(root):
    headers, number = hashes(root), number_in(root)
    path = root / PIN
    # The file may hold the lines of both sides of a merge.
    pinned = re.findall(r"(?m)^abi (\d+) (\w+)$", path.read_text()) if path.exists() else []
    highest = max((int(known) for known, _ in pinned), default=0)
    if (str(number), lines_of(number, headers)[0].split()[2]) not in pinned:
        number = max(number, highest + 1)
    version = root / VERSION
    version.write_text(NUMBER.sub(rf"\g<1>{number}", version.read_text()))
    path.write_text("\n".join(lines_of(number, headers)) + "\n")


class Abi(unittest.TestCase):
    def test_a_change_of_the_public_headers_raises_the_abi_number(self):
        self.assertEqual(problem(ROOT), "")

    def test_comments_and_blanks_are_no_change(self):
        self.assertEqual(tokens("int a; // one\n/* two\n three */ int  b ;"), tokens("int a;\nint b;"))
        self.assertEqual(tokens("#define WEIR_ABI 7\n"), tokens("#define WEIR_ABI 8\n"))
        self.assertNotEqual(tokens("int a = 1;"), tokens("int a = 2;"))
        self.assertNotEqual(tokens('f("a  b // c")'), tokens('f("a b // c")'))
        self.assertNotEqual(tokens("f('/')//"), tokens("f('*')//"))
        self.assertEqual(tokens("1'000'000 /**/"), ["1'000'000"])
        self.assertNotEqual(tokens("long a"), tokens("longa"))
        self.assertEqual(tokens('R"x(/* " )x"'), ['R"x(/* " )x"'])

    def test_pinning_raises_the_number_once_for_each_change(self):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            (root / "include" / "weir" / "detail").mkdir(parents=True)
            (root / "tests").mkdir()
            (root / VERSION).write_text("#pragma once\n#define WEIR_ABI 3\n")
            header = root / "include" / "weir" / "detail" / "a.h"
            header.write_text("int a;\n")
            self.assertIn("public headers changed (detail/a.h, version.h)", problem(root))
            pin(root)
            self.assertEqual((problem(root), number_in(root)), ("", 3))
            header.write_text("int a;  // Counts.\n")
            pin(root)
            self.assertEqual((problem(root), number_in(root)), ("", 3))
            header.write_text("int a, b;\n")
            self.assertIn("public headers changed (detail/a.h)", problem(root))
            pin(root)
            self.assertEqual((problem(root), number_in(root)), ("", 4))
            # Two branches that both made it 5.
            mine = (root / PIN).read_text()
            (root / PIN).write_text(f"<<<<<<<\nabi 5 0123\n=======\n{mine.replace('abi 4', 'abi 5')}")
            (root / VERSION).write_text("#pragma once\n#define WEIR_ABI 5\n")
            header.write_text("int a, b, c;\n")
            self.assertNotEqual(problem(root), "")
            pin(root)
            self.assertEqual((problem(root), number_in(root)), ("", 6))

    def test_a_mode_that_changes_layouts_changes_the_compilers_tag(self):
        text = '#include <weir/version.h>\nWEIR_COMPILER_ABI\n'

        def tag(*flags):
            done = subprocess.run([CXX, "-std=c++20", "-E", "-P", "-I", str(ROOT / "include"),
                                   *flags, "-x", "c++", "-"], input=text, capture_output=True,
                                  text=True, check=True)
            return "".join(re.findall(r'"([^"]*)"', done.stdout.splitlines()[-1]))

        plain = tag()
        self.assertRegex(plain, r"^cxxabi-\d+-lib(stdc\+\+11abi-1|c\+\+abi-\d+)$")
        self.assertEqual(tag("-D_GLIBCXX_DEBUG"), plain + "-debug")
        self.assertEqual(tag("-fsanitize=address"), plain + "-asan")
        self.assertEqual(tag("-fsanitize=thread"), plain + "-tsan")
        self.assertEqual(tag("-D_GLIBCXX_ASSERTIONS", "-O2"), plain)
        self.assertNotEqual(tag("-D_GLIBCXX_USE_CXX11_ABI=0"), plain)


if __name__ == "__main__":
    if sys.argv[1:] == ["--pin"]:
        pin(ROOT)
        print(f"WEIR_ABI is {number_in(ROOT)}")
    else:
        unittest.main(verbosity=1, argv=sys.argv[:1])
