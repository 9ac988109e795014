"""A name is defined once in the program. Usage: names_test.py BUILD_FOLDER

Two definitions of one name are not an error for the compiler or the linker where one of them is
inline, or a type: it takes one of them, not always the same, and a test then sees another function
than the program ships.
"""

import collections
import os
import pathlib
import re
import subprocess
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = pathlib.Path(sys.argv[1]).resolve()
NM = os.environ.get("NM", "nm")

# Each of these plugins defines what the loader looks for.
ALONE = re.compile(r"test_plugin_|weir_plugin_|bench")
PROGRAM = ["include", "graph", "stages", "runtime"]

COMMENT_OR_TEXT = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"(\w*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'', re.DOTALL)
OPENING = re.compile(
    r"(?:inline\s+)?namespace(?P<namespace>[\w:\s]*)\{|(?:struct|class|union|enum(?:\s+class)?)\s+"
    r"(?P<type>[A-Z]\w*(?:<[^{};()]*>)?)(?:\s+final)?\s*(?::(?!:)[^;{}()]*(?:\([^)]*\)[^;{}()]*)?)?\{"
    r"|(?P<open>\{)|(?P<close>\})")


def types_of(text):
    """The types that `text` defines where another file could define them as well."""
    text = COMMENT_OR_TEXT.sub(" ", text)
    scopes = []
    for found in OPENING.finditer(text):
        if found["close"]:
            scopes.pop()
            continue
        if found["namespace"] is not None:
            scopes.append(("namespace", found["namespace"].strip()))
            continue
        if found["type"]:
            outside = all(kind == "namespace" and name for kind, name in scopes)
            if outside:
                yield "::".join([name for _, name in scopes] + [found["type"]])
        scopes.append(("braces", ""))


def definitions(folders):
    """type -> the files that define it"""
    found = collections.defaultdict(set)
    for folder in folders:
        for path in (ROOT / folder).rglob("*"):
            if path.suffix in (".h", ".cc"):
                for name in types_of(path.read_text()):
                    found[name].add(str(path.relative_to(ROOT)))
    return found


def source_of(compiled):
    """graph/CMakeFiles/weir_flow.dir/flow/run.cc.o -> graph/flow/run.cc"""
    where = str(compiled.relative_to(BUILD).with_suffix(""))
    return ROOT / re.sub(r"CMakeFiles/[^/]+\.dir/", "", where)


def symbols():
    """symbol -> {"strong" | "weak" -> the object files that define it}"""
    found = collections.defaultdict(lambda: collections.defaultdict(set))
    # Not those of sources that are no more.
    objects = [path for path in sorted(BUILD.rglob("*.o")) if source_of(path).exists()]
    lines = subprocess.run([NM, "--print-file-name", "--defined-only", "--extern-only",
                            "--format=posix", *objects],
                           capture_output=True, text=True, check=True).stdout
    for line in lines.splitlines():
        where, symbol, kind = re.match(r"(.*): (\S+) (\S)", line).groups()
        if symbol.startswith("__odr_asan"):
            continue
        found[symbol]["weak" if kind in "WVwvu" else "strong"].add(
            str(pathlib.Path(where).relative_to(BUILD)))
    return found


class Names(unittest.TestCase):
    def test_a_scan_sees_a_type_in_a_namespace_and_none_of_a_file_of_its_own(self):
        text = """
            namespace weir { struct A; struct B final : C<int> { struct D {}; };
            namespace { struct E {}; }  // struct F {
            enum class G : int { x }; template <> struct H<int> { }; const char* i = "struct I {";
            namespace detail { class J {}; } void k() { struct K {}; } }
            """
        self.assertEqual(list(types_of(text)),
                         ["weir::B", "weir::G", "weir::H<int>", "weir::detail::J"])

    def test_no_symbol_is_strong_in_one_object_and_weak_in_another(self):
        found = symbols()
        self.assertGreater(len(found), 1000)
        self.assertEqual([], [(name, *sorted(kinds["strong"]), *sorted(kinds["weak"])[:1])
                              for name, kinds in found.items()
                              if kinds["strong"] and kinds["weak"]])

    def test_no_symbol_is_strong_twice_in_the_program(self):
        found = []
        for name, kinds in symbols().items():
            places = [p for p in kinds["strong"]
                      if p.split("/")[0] in PROGRAM and not ALONE.search(p)]
            if len(places) > 1:
                found.append((name, places))
        self.assertEqual(found, [])

    def test_no_type_is_defined_twice(self):
        program = definitions(PROGRAM)
        self.assertGreater(len(program), 300)
        self.assertEqual([], [(name, sorted(files)) for name, files in program.items()
                              if len(files) > 1])

    def test_no_test_defines_a_type_of_the_program_or_of_another_file_of_its_own_program(self):
        program = definitions(PROGRAM)
        found = []
        for folder in ["tests/text", "tests/compile", "tests/stages", "tests/flow", "tests/runtime",
                       "tests/kit"]:
            for name, files in definitions([folder]).items():
                files = {file for file in files if "/plugins/" not in file}
                if files and len(files | program.get(name, set())) > 1:
                    found.append((name, sorted(files | program.get(name, set()))))
        self.assertEqual(found, [])


if __name__ == "__main__":
    unittest.main(verbosity=1, argv=sys.argv[:1])
