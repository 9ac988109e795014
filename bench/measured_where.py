"""What counts of instructions depend on beside weir's source: the build, its compiler, the libraries
that work on records and valgrind."""

import os
import platform
import re
import subprocess

RELEASE = {"CMAKE_BUILD_TYPE": "Release", "CMAKE_CXX_FLAGS": "",
           "CMAKE_CXX_FLAGS_RELEASE": "-O3 -DNDEBUG", "WEIR_HARDENING": "ON"}
# Others do something at the start and the end alone, which is not counted.
ON_RECORDS = ["libluajit-5.1", "libre2", "libsimdjson", "libstdc++", "libtbb"]


def other_build(build):
    """What sets this build apart from the preset `release`; empty: nothing."""
    cache = dict(re.findall(r"^(\w+):\w+=(.*)$", (build / "CMakeCache.txt").read_text(), re.M))
    wrong = [f"{name}={cache.get(name, '')}" for name, value in RELEASE.items()
             if cache.get(name, "") != value]
    if cache.get("WEIR_SANITIZE", "OFF") not in ("", "OFF"):
        wrong.append(f"WEIR_SANITIZE={cache['WEIR_SANITIZE']}")
    return ", ".join(wrong)


def compiler(build):
    file = next(build.glob("CMakeFiles/*/CMakeCXXCompiler.cmake")).read_text()
    name, version = (re.search(rf'set\(CMAKE_CXX_COMPILER_{what} "(.*)"\)', file)[1]
                     for what in ("ID", "VERSION"))
    return f"{name} {version}"


def libraries(program):
    """Their releases, as the names of their files tell them: what a distribution mends within one
    release needs no other table."""
    lines = subprocess.run(["ldd", program], capture_output=True, text=True, check=True).stdout
    files = [os.path.basename(os.path.realpath(path)) for path in re.findall(r"=> (/\S+)", lines)]
    found = dict(file.split(".so.", 1) for file in files if ".so." in file)
    return [f"{name} {found[name]}" for name in ON_RECORDS if name in found]


def where(program, build):
    valgrind = subprocess.run(["valgrind", "--version"], capture_output=True, text=True, check=True)
    return ", ".join([platform.machine(), compiler(build), os.confstr("CS_GNU_LIBC_VERSION"),
                      valgrind.stdout.strip().replace("-", " "), *libraries(program)])
