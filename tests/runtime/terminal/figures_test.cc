#include "runtime/terminal/figures.h"

#include <catch2/catch.hpp>

namespace weir::cli::test {
namespace {

TEST_CASE("digits stand in groups of three") {
  CHECK(grouped(0) == "0");
  CHECK(grouped(999) == "999");
  CHECK(grouped(1000) == "1,000");
  CHECK(grouped(1234567) == "1,234,567");
  CHECK(grouped(18446744073709551615u) == "18,446,744,073,709,551,615");
}

TEST_CASE("a counted noun has an s unless there is one of it") {
  CHECK(counted(1, "record") == "1 record");
  CHECK(counted(0, "record") == "0 records");
  CHECK(counted(2000, "entry", "entries") == "2,000 entries");
}

TEST_CASE("sizes are shown in three digits and binary units") {
  CHECK(shown_bytes(0) == "0 B");
  CHECK(shown_bytes(1023) == "1023 B");
  CHECK(shown_bytes(1024) == "1 KiB");
  CHECK(shown_bytes(256u << 20) == "256 MiB");
  CHECK(shown_bytes(13'000'000) == "12.4 MiB");
  CHECK(shown_bytes((1u << 20) - 1) == "1.00 MiB");
}

TEST_CASE("rates and seconds are shown in three digits") {
  CHECK(shown_rate(0) == "0.00");
  CHECK(shown_rate(42.123) == "42.1");
  CHECK(shown_rate(4321) == "4,321");
  CHECK(shown_rate(54321) == "54.3 k");
  CHECK(shown_rate(999'600) == "1.00 M");
  CHECK(shown_rate(1.5e9) == "1.50 G");
  CHECK(shown_seconds(0.0000421) == "42.1 us");
  CHECK(shown_seconds(0.0123) == "12.3 ms");
  CHECK(shown_seconds(1.5) == "1.50 s");
  CHECK(shown_seconds(62) == "1m 02s");
  CHECK(shown_seconds(3900) == "1h 05m");
}

TEST_CASE("a rate of bytes has a unit behind a space and no part of a byte") {
  CHECK(shown_byte_rate(0) == "0 B/s");
  CHECK(shown_byte_rate(0.4) == "0 B/s");
  CHECK(shown_byte_rate(42.4) == "42 B/s");
  CHECK(shown_byte_rate(3928) == "3,928 B/s");
  CHECK(shown_byte_rate(54321) == "54.3 kB/s");
  CHECK(shown_byte_rate(320e6) == "320 MB/s");
}

TEST_CASE("small shares keep a digit behind the point") {
  CHECK(shown_share(0) == "0 %");
  CHECK(shown_share(0.004) == "0.4 %");
  CHECK(shown_share(0.373) == "37 %");
  CHECK(shown_share(1) == "100 %");
}

TEST_CASE("one line holds no character that steers a terminal") {
  CHECK(one_line("a\tb\r\n", 40) == "a\\tb\\r\\n");
  CHECK(one_line("\x1b[31m\x07", 40) == "\\x1b[31m\\x07");
  CHECK(one_line("\xff\xc3", 40) == "\\xff\\xc3");
  CHECK(one_line("Gr\xc3\xbc\xc3\x9f"
                 "e",
                 40) ==
        "Gr\xc3\xbc\xc3\x9f"
        "e");
  CHECK(one_line(std::string("a\0b", 3), 40) == "a\\x00b");
}

TEST_CASE("a line that is too long ends in dots within its width") {
  CHECK(one_line("abcdefgh", 8) == "abcdefgh");
  CHECK(one_line("abcdefghi", 8) == "abcde...");
  CHECK(one_line("\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc", 4) == "\xc3\xbc...");
}

TEST_CASE("padding counts columns, not bytes") {
  CHECK(pad_right("\xc3\xbc", 3) == "\xc3\xbc  ");
  CHECK(pad_left("12", 4) == "  12");
  CHECK(pad_left("12345", 4) == "12345");
}

}  // namespace
}  // namespace weir::cli::test
