"""The floors of the source tree: who may include whom. Fails with every include that breaks a rule."""

import os
import pathlib
import re
import subprocess
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)

# Folder -> folders whose headers it may include, beside its own.
FLOORS = {
    "include/weir": [],
    "graph/text": ["weir/"],
    "graph/spec": ["weir/", "graph/text/"],
    "graph/flow": ["weir/", "graph/text/", "graph/spec/"],
    "stages": ["weir/"],
    "runtime": ["weir/", "graph/text/", "graph/spec/", "graph/flow/", "stages/builtin.h"],
}

# The beginning of a third party's headers -> the folders that may include them.
THIRD_PARTIES = {
    "yaml-cpp/": ["graph/spec"],
    "tbb/": ["graph/flow"],
    "oneapi/": ["graph/flow"],
    "simdjson": ["stages/json"],
    "re2/": ["stages/regex", "stages/lua"],
    "lua": ["stages/lua"],
    "lauxlib": ["stages/lua"],
    "nettle/": ["stages/hash"],
    "curl/": ["stages/http"],
    "zlib": ["stages/file", "stages/hash"],
    "zstd": ["stages/file"],
    "spdlog/": ["runtime"],
    "fmt/": ["runtime"],
    "CLI/": ["runtime"],
}


def files_of(folder):
    return sorted(p for p in (ROOT / folder).rglob("*") if p.suffix in (".h", ".cc"))


def includes_of(path):
    return [(kind == "<", name) for kind, name in INCLUDE.findall(path.read_text())]


def family_of(path):
    """stages/json/x.cc -> stages/json"""
    return "/".join(path.relative_to(ROOT).parts[:2])


class Floors(unittest.TestCase):
    def breaches(self, folder, allowed):
        for path in files_of(folder):
            for system, name in includes_of(path):
                if not system and not any(name.startswith(prefix) for prefix in allowed(path)):
                    yield f"{path.relative_to(ROOT)} includes {name}"

    def test_a_floor_includes_only_lower_ones(self):
        found = []
        for folder, lower in FLOORS.items():
            if folder == "stages":
                continue
            own = "weir/" if folder == "include/weir" else folder + "/"
            found += self.breaches(folder, lambda path: lower + [own])
        self.assertEqual(found, [])

    def test_a_family_of_stages_includes_only_itself_and_the_public_headers(self):
        def allowed(path):
            at_top = path.parent == ROOT / "stages"
            return ["weir/", "stages/builtin.h"] + ([] if at_top else [family_of(path) + "/"])

        self.assertEqual(list(self.breaches("stages", allowed)), [])

    def test_a_third_party_is_seen_only_where_it_belongs(self):
        found = []
        for folder in FLOORS:
            for path in files_of(folder):
                for _, name in includes_of(path):
                    for prefix, homes in THIRD_PARTIES.items():
                        where = str(path.relative_to(ROOT))
                        if name.startswith(prefix) and not any(
                            where.startswith(home + "/") for home in homes
                        ):
                            found.append(f"{where} includes {name}")
        self.assertEqual(found, [])

    def test_public_headers_include_the_standard_library_only(self):
        found = []
        for path in files_of("include/weir"):
            for system, name in includes_of(path):
                if system and not re.fullmatch(r"[a-z_]+", name):
                    found.append(f"{path.relative_to(ROOT)} includes {name}")
        self.assertEqual(found, [])

    def test_every_public_header_compiles_alone(self):
        compiler = os.environ.get("CXX", "c++")
        for path in files_of("include/weir"):
            # By -include: as the main file it would be warned of its #pragma once.
            command = [compiler, "-std=c++20", "-fsyntax-only", "-Wall", "-Wextra", "-Werror",
                       "-I", str(ROOT / "include"), "-include", str(path), "-x", "c++",
                       "/dev/null"]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            self.assertEqual(done.returncode, 0, f"{path}:\n{done.stderr}")


if __name__ == "__main__":
    unittest.main(verbosity=1, argv=sys.argv[:1])
