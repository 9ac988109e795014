"""That bench/instructions.py fails where it should; nothing is counted here."""

import contextlib
import io
import pathlib
import sys
import tempfile
import unittest
import zlib

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "bench"))
sys.dont_write_bytecode = True

import counted_inputs  # noqa: E402
import counting  # noqa: E402
import instructions  # noqa: E402
import measured_where  # noqa: E402

PLACE, KNOWN = instructions.read_table(instructions.TABLE.read_text())


class Stub:
    """Counts by a factor of what the table says, one for each time that it is asked."""

    folder = pathlib.Path("build")

    def __init__(self, name, *factors):
        self.name = name
        self.factors = list(factors)

    def per_record(self, pipeline, _core):
        return KNOWN[pipeline.name] * (self.factors.pop(0) if pipeline.name == self.name else 1)


def compare(counter, place=PLACE):
    """(exit code, what is printed)"""
    with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.redirect_stderr(io.StringIO()):
        code = instructions.compare(counter, place)
    return code, out.getvalue()


class Comparison(unittest.TestCase):
    def test_a_pipeline_that_takes_three_percent_more_fails(self):
        for name in KNOWN:
            code, out = compare(Stub(name, 1.03, 1.03, 1.03))
            self.assertEqual(code, 1)
            self.assertRegex(out, rf"(?m)^{name} .* \+3\.00%  SLOWER$")

    def test_so_does_one_that_takes_less(self):
        code, out = compare(Stub("w5", 0.97, 0.97, 0.97))
        self.assertEqual(code, 1)
        self.assertRegex(out, r"(?m)^w5 .* -3\.00%  FASTER$")
        self.assertIn("make instructions-update", out)

    def test_a_percent_is_well(self):
        for factor in (0.99, 1, 1.01):
            self.assertEqual(compare(Stub("w4", factor))[0], 0)

    def test_one_odd_run_of_three_is_no_failure(self):
        self.assertEqual(compare(Stub("route", 1.03, 1.001, 0.999))[0], 0)

    def test_a_table_of_other_pipelines_fails(self):
        self.assertFalse(instructions.report({"w1": 1.0}, {"w1": 1.0, "w4": 1.0})[1])
        self.assertFalse(instructions.report({"w1": 1.0, "w4": 1.0}, {"w1": 1.0})[1])

    def test_another_compiler_is_skipped_and_named(self):
        code, out = compare(Stub(""), PLACE.replace("GNU", "Clang"))
        self.assertEqual(code, instructions.SKIPPED)
        self.assertRegex(out, r"measured with GNU [\d.]+; here: Clang [\d.]+$")


class Table(unittest.TestCase):
    def test_it_has_every_pipeline(self):
        self.assertEqual(list(KNOWN), [pipeline.name for pipeline in counting.PIPELINES])
        self.assertEqual(len(KNOWN), 8)

    def test_it_is_read_as_it_was_written(self):
        text = instructions.table_text("x86_64, GNU 12.2.0", {"w1": 366.5, "diamond": 7256.4})
        self.assertEqual(instructions.read_table(text),
                         ("x86_64, GNU 12.2.0", {"w1": 366.5, "diamond": 7256.4}))
        self.assertEqual(instructions.table_text(PLACE, KNOWN), instructions.TABLE.read_text())


class Build(unittest.TestCase):
    def other(self, **changes):
        values = {**measured_where.RELEASE, "WEIR_SANITIZE": "OFF", **changes}
        with tempfile.TemporaryDirectory() as folder:
            cache = pathlib.Path(folder) / "CMakeCache.txt"
            cache.write_text("".join(f"{name}:STRING={value}\n" for name, value in values.items()))
            return measured_where.other_build(cache.parent)

    def test_the_preset_is_no_other(self):
        self.assertEqual(self.other(), "")
        self.assertEqual(self.other(WEIR_SANITIZE=""), "")

    def test_flags_and_types_are_told(self):
        self.assertEqual(self.other(CMAKE_BUILD_TYPE="Debug", CMAKE_CXX_FLAGS="-march=native"),
                         "CMAKE_BUILD_TYPE=Debug, CMAKE_CXX_FLAGS=-march=native")
        self.assertEqual(self.other(WEIR_HARDENING="OFF"), "WEIR_HARDENING=OFF")
        self.assertEqual(self.other(WEIR_SANITIZE="address"), "WEIR_SANITIZE=address")


class Input(unittest.TestCase):
    def test_it_is_the_same_everywhere(self):
        sums = {}
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "input"
            for pipeline in counting.PIPELINES:
                if pipeline.line:
                    counted_inputs.write(path, pipeline.line, 1000)
                    sums[pipeline.line.__name__] = zlib.crc32(path.read_bytes())
        self.assertEqual(sums, {"waits": 2825851218, "access": 3974566336, "orders": 2053619341,
                                "errors": 1958232761, "requests": 2263135565})


if __name__ == "__main__":
    unittest.main()
