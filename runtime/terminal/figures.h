#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

// Formats numbers and text for people.

namespace weir::cli {

/// Returns 1234567 as "1,234,567".
std::string grouped(std::uint64_t number);

/// Returns "1 record", "2 records", "1,000 records".
std::string counted(std::uint64_t number, std::string_view one, std::string_view many = {});

/// Returns "512 B", "64 KiB", "12.4 MiB": in three digits, and whole numbers as limits are written.
std::string shown_bytes(std::uint64_t bytes);

/// Returns a rate in three digits: "950", "12.3 k", "4.56 M".
std::string shown_rate(double per_second);

/// "950 B/s", "12.3 kB/s", "4.56 MB/s".
std::string shown_byte_rate(double per_second);

/// "820 us", "12.3 ms", "4.56 s", "1m 02s", "1h 05m".
std::string shown_seconds(double seconds);

/// "0.4 %", "37 %".
std::string shown_share(double share);

/// Returns "SIGTERM", or "signal 64" for one that has no name.
std::string signal_name(int signal);

/// Returns the number of terminal columns that a UTF-8 text takes.
std::size_t display_width(std::string_view text);

std::string pad_right(std::string text, std::size_t width);
std::string pad_left(std::string text, std::size_t width);

/// Returns `text` on one line of at most `width` columns; a longer one ends in "...". Control
/// characters and invalid bytes become '\n', '\x07' and so on.
std::string one_line(std::string_view text, std::size_t width);

/// Returns a text that came from elsewhere (data, a plugin, a service), safe to show on one line.
std::string shown_text(std::string_view text);

}  // namespace weir::cli
