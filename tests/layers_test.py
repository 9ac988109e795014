"""The layers of the source tree, and the rooms of a layer: who may include whom.

Fails with every include that breaks a rule.
"""

import os
import pathlib
import re
import subprocess
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)

# Folder -> folders whose headers it may include, beside its own.
LAYERS = {
    "include/weir": [],
    "graph/text": ["weir/"],
    "graph/compile": ["weir/", "graph/text/"],
    "graph/flow": ["weir/", "graph/text/", "graph/compile/"],
    "stages": ["weir/"],
    "runtime": ["weir/", "graph/text/", "graph/compile/", "graph/flow/", "stages/builtin.h"],
}

# Folder -> its rooms, what stands in each, and the rooms that it may include: those above it here.
# "." is the folder itself, which may include all of them; a header of it may be included by none
# but where that is said.
ROOMS = {
    "runtime": {
        "terminal": "how text and numbers look, and where they are shown",
        "process": "the registry with its plugins, the machine's limits, signals, the log",
        "explain": "what a plan promises, in words",
        "draw": "a plan as a picture",
        "report": "what became of a run, while it goes on and in the end",
        "describe": "what a stage type is and takes",
        "inline": "pipelines on the command line",
        "commands": "one file a command",
        ".": "main, and the command line's grammar",
    },
    "graph/compile": {
        "plan": "what comes out: the plan, and the types that all rooms share",
        "diag": "mistakes, each with its place",
        "yaml": "bytes to a tree, and what ${...} stands for",
        "keys": "the tree to a PipelineSpec: keys, options, params",
        "graph": "stages and links: names, forks, merges, loops unrolled",
        "regions": "links to regions, and their quotas of the limits",
        "checks": "what a whole graph must not be",
        ".": "all of it in order",
    },
    "graph/flow": {
        "sync": "locks, and what they guard as clang checks it",
        "memory": "pools, arenas and arrays within the limit, copies of records",
        "order": "where a record stands, and what became of its origin",
        "policy": "pure algorithms, each with its source",
        "api": "what a run takes from outside and reports",
        "context": "what all parts of a run share; errors and dead letters",
        "batch": "tokens, their credits and books",
        "clock": "timers, and the thread that waits for them",
        "stage": "a stage works on a batch, a sink writes it",
        "input": "where records wait in order before a region",
        "call": "a stage is called record by record",
        "pump": "batches are filled",
        "region": "regions, what connects them, and oneTBB's nodes",
        ".": "a run",
    },
    "stages/core": {
        "state": "what serial stages keep: keys, records, their charges",
        "records": "one record at a time, or a count of them",
        "generate": "records from nothing",
        "window": "many records become one: groups, windows, sorting",
        "pairs": "several inputs or outputs",
        ".": "the list of them",
    },
}
# Headers of a folder itself that its rooms may include.
COMMON = {"stages/core": {"stages/core/core.h"}, "graph/compile": set(), "graph/flow": set(), "runtime": set()}

# The beginning of a third party's headers -> the folders that may include them.
THIRD_PARTIES = {
    "yaml-cpp/": ["graph/compile"],
    "tbb/": ["graph/flow"],
    "oneapi/": ["graph/flow"],
    "simdjson": ["stages/json", "stages/file"],
    "absl/": ["stages/time"],
    "re2/": ["stages/regex", "stages/lua", "stages/file"],
    "lua": ["stages/lua"],
    "lauxlib": ["stages/lua"],
    "nettle/": ["stages/hash"],
    "curl/": ["stages/http"],
    "zlib": ["stages/file", "stages/hash"],
    "zstd": ["stages/file"],
    "lzma": ["stages/file"],
    "bzlib": ["stages/file"],
    "lz4": ["stages/file"],
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


def room_of(path, folder):
    """stages/core/state/x.h -> state"""
    parts = path.relative_to(ROOT / folder).parts
    return parts[0] if len(parts) > 1 else "."


class Layers(unittest.TestCase):
    def breaches(self, folder, allowed):
        for path in files_of(folder):
            for system, name in includes_of(path):
                if not system and not any(name.startswith(prefix) for prefix in allowed(path)):
                    yield f"{path.relative_to(ROOT)} includes {name}"

    def test_a_layer_includes_only_lower_ones(self):
        found = []
        for folder, lower in LAYERS.items():
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

    def test_a_room_includes_only_those_above_it(self):
        found = []
        for folder, rooms in ROOMS.items():
            order = list(rooms)
            for path in files_of(folder):
                room = room_of(path, folder)
                self.assertIn(room, order, f"{path.relative_to(ROOT)} is in no room")
                for _, name in includes_of(path):
                    if not name.startswith(folder + "/") or name in COMMON[folder]:
                        continue
                    other = room_of(ROOT / name, folder)
                    if order.index(other) > order.index(room):
                        found.append(f"{path.relative_to(ROOT)} includes {name}: "
                                     f"{room} stands before {other}")
        self.assertEqual(found, [])

    def test_a_third_party_is_seen_only_where_it_belongs(self):
        found = []
        for folder in LAYERS:
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
