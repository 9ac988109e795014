"""What a stage author may write, and what the compiler says to what would go wrong when it runs."""

import os
import pathlib
import subprocess
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent
CXX = os.environ.get("CXX", "c++")

BEFORE = """
#include <weir/plugin.h>
#include <cstdlib>
#include <vector>

struct Options {
  std::int64_t count = 1;
  weir::Duration wait{0};
};
struct Configured final : weir::Transform {
  explicit Configured(const Options&) {}
  void process(weir::Record&, weir::Call&) const override {}
};
struct Plain final : weir::Transform {
  void process(weir::Record&, weir::Call&) const override {}
};
"""

# A statement that registers -> what the compiler says.
REGISTERED = {
    "registry.add<Plain, Options>(\"t\", \"\");": "a stage type is made from its options",
    "registry.add<Configured>(\"t\", \"\");": "a stage type is made from its options",
    "struct Open : weir::Transform {}; registry.add<Open>(\"t\", \"\");":
        "a stage type overrides what its class leaves open",
    "struct Bare : weir::Stage {}; registry.add<Bare>(\"t\", \"\");":
        "a stage type derives, in public, from one of weir's classes",
    "registry.add<Configured, Options>(\"t\", \"\").optional(\"count\", &Options::count, \"\")"
    ".min(&Options::count, 1.5);": "a bound is a value of its option",
    "registry.add<Configured, Options>(\"t\", \"\").optional(\"wait\", &Options::wait, \"\")"
    ".max(&Options::wait, 10);": "a bound is a value of its option",
    "struct Serial : weir::SerialTransform { void process(weir::Record&, weir::Call&) override {} };"
    "registry.add<Serial>(\"t\", \"\").blocking();": "what blocks is a Transform",
    "registry.add<Plain>(\"t\", \"\").timed([](const weir::NoOptions&) { return true; });":
        "only a SerialTransform has a tick",
    "struct Scratch { explicit Scratch(int); }; registry.add<Plain>(\"t\", \"\").scratch<Scratch>();":
        "scratch space is made from its stage",
}

# A statement about a record -> a part of what the compiler says; None: it compiles.
WRITTEN = {
    "record.set(\"n\", std::vector<int>(3).size());": None,
    "record.set(\"text\", std::to_string(1));": None,
    "record.set(\"f\" + std::to_string(1), 1u);": None,
    "record.set(\"home\", std::getenv(\"HOME\"));": None,
    "record.set(weir::Field(\"a\"), true);": None,
    "record.adopt_text(\"a literal\"); record.adopt(\"n\", \"one\"); record.append(\"m\", \"two\");": None,
    "int local = 0; record.set(\"n\", &local);": "deleted",
    "record.set(\"grade\", 'A');": "deleted",
    "record.adopt_text(std::string(\"gone\"));": "deleted",
    "record.adopt(\"n\", std::string(\"gone\"));": "deleted",
    "record.append(\"n\", std::string(\"gone\"));": "deleted",
    "record.set(weir::FieldName::lasting(std::string(\"gone\")), 1);": "deleted",
    "const char local[] = \"gone\"; record.set(local, 1);": "constant expression",
}


def compiled(body):
    return subprocess.run([CXX, "-std=c++20", "-fsyntax-only", "-I", str(ROOT / "include"), "-x",
                           "c++", "-"], input=BEFORE + body, capture_output=True, text=True,
                          check=False, env={**os.environ, "LC_ALL": "C"})


class PluginApi(unittest.TestCase):
    def test_what_cannot_work_does_not_register(self):
        good = "WEIR_PLUGIN(registry) { registry.add<Plain>(\"t\", \"\"); }"
        self.assertEqual(compiled(good).returncode, 0)
        for statement, said in REGISTERED.items():
            with self.subTest(statement=statement):
                done = compiled(f"WEIR_PLUGIN(registry) {{ {statement} }}")
                self.assertNotEqual(done.returncode, 0)
                self.assertIn(said, done.stderr)

    def test_what_would_keep_a_pointer_to_a_temporary_or_mean_another_value_does_not_compile(self):
        for statement, said in WRITTEN.items():
            with self.subTest(statement=statement):
                done = compiled(f"void f(weir::Record& record) {{ {statement} }}")
                self.assertEqual(done.returncode == 0, said is None, done.stderr)
                self.assertIn(said or "", done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=1, argv=sys.argv[:1])
