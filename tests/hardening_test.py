"""The program and its plugins are hardened: what the linker and the compiler left in the files says
so. Usage: hardening_test.py WEIR PLUGIN..."""

import re
import subprocess
import sys
import unittest

PROGRAM, *PLUGINS = sys.argv[1:]


def printed(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def called(file):
    """The functions of libraries that it calls."""
    lines = printed("nm", "-D", "--undefined-only", file).splitlines()
    return {line.split()[-1].split("@")[0] for line in lines}


class Hardening(unittest.TestCase):
    def test_everything_is_bound_at_the_start_and_read_only_from_then_on(self):
        for file in [PROGRAM, *PLUGINS]:
            with self.subTest(file=file):
                self.assertIn("GNU_RELRO", printed("readelf", "-lW", file))
                self.assertRegex(printed("readelf", "-dW", file), r"BIND_NOW|Flags:.*\bNOW\b")

    def test_no_stack_can_be_executed(self):
        for file in [PROGRAM, *PLUGINS]:
            with self.subTest(file=file):
                flags = re.search(r"GNU_STACK +(?:0x\w+ +){5}(\w+)", printed("readelf", "-lW", file))
                self.assertEqual(flags[1], "RW")

    def test_the_program_can_be_loaded_anywhere(self):
        self.assertRegex(printed("readelf", "-hW", PROGRAM), r"Type: +DYN")
        self.assertIn("PIE", printed("readelf", "-dW", PROGRAM))

    def test_stacks_and_copies_are_checked(self):
        for file in [PROGRAM, *PLUGINS]:
            with self.subTest(file=file):
                self.assertIn("__stack_chk_fail", called(file))
        self.assertTrue(any(re.fullmatch(r"__\w+_chk", name) for name in called(PROGRAM)))

    def test_functions_are_marked_as_targets_of_jumps(self):
        self.assertIn("endbr64", printed("objdump", "-d", "--disassemble=main", PROGRAM))

    def test_large_frames_touch_each_of_their_pages(self):
        # That is what the compiler writes for it.
        code = printed("objdump", "-d", "--no-show-raw-insn", PROGRAM)
        self.assertTrue(re.search(r"or[ql]? +\$0x0,(?:0x\w+)?\(%rsp\)", code), "no probe")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
