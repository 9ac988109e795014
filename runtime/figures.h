#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

// How numbers and text look where people read them.

namespace weir {

/// 1234567 as "1,234,567".
std::string grouped(std::uint64_t number);

/// "1 record", "2 records", "1,000 records".
std::string counted(std::uint64_t number, std::string_view one, std::string_view many = {});

/// "512 B", "64 KiB", "12.4 MiB": three digits, as limits are written.
std::string shown_bytes(std::uint64_t bytes);

/// "950", "12.3 k", "4.56 M": a rate in three digits.
std::string shown_rate(double per_second);

/// "950 B/s", "12.3 kB/s", "4.56 MB/s".
std::string shown_byte_rate(double per_second);

/// "820 us", "12.3 ms", "4.56 s", "1m 02s", "1h 05m".
std::string shown_seconds(double seconds);

/// "0.4 %", "37 %".
std::string shown_share(double share);

/// How many columns of a terminal a UTF-8 text takes.
std::size_t display_width(std::string_view text);

std::string pad_right(std::string text, std::size_t width);
std::string pad_left(std::string text, std::size_t width);

/// `text` on one line: control characters and invalid bytes as '\n', '\x07' and so on, at most
/// `width` columns, then "...".
std::string one_line(std::string_view text, std::size_t width);

}  // namespace weir
