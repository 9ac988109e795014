#include "runtime/terminal/figures.h"

#include <array>
#include <cmath>
#include <cstdio>
#include <cstring>

#include "graph/text/utf8.h"

namespace weir::cli {
namespace {

/// Returns three significant digits: "1.23", "12.3", "123".
std::string three_digits(double number) {
  std::array<char, 32> text;
  const int decimals = number < 9.995 ? 2 : number < 99.95 ? 1 : 0;
  std::snprintf(text.data(), text.size(), "%.*f", decimals, number);
  return text.data();
}

std::string two_parts(std::uint64_t high, const char* high_unit, std::uint64_t low,
                      const char* low_unit) {
  std::array<char, 64> text;
  std::snprintf(text.data(), text.size(), "%s%s %02d%s", grouped(high).c_str(), high_unit,
                static_cast<int>(low), low_unit);
  return text.data();
}

/// Returns the character of `text` at `at`, safe to show on one line.
std::string shown_character(std::string_view text, std::size_t at, const text::Glyph& glyph) {
  const char c = text[at];
  if (c == '\n') return "\\n";
  if (c == '\r') return "\\r";
  if (c == '\t') return "\\t";
  if (glyph.harmless) return std::string(text.substr(at, glyph.size));
  if (glyph.size > 1) return std::string(text::kReplacement);
  std::array<char, 8> hex;
  std::snprintf(hex.data(), hex.size(), "\\x%02x", static_cast<unsigned char>(c));
  return hex.data();
}

}  // namespace

std::string grouped(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t at = digits.size(); at > 3;) {
    at -= 3;
    digits.insert(at, 1, ',');
  }
  return digits;
}

std::string counted(std::uint64_t number, std::string_view one, std::string_view many) {
  std::string text = grouped(number) + " ";
  if (number == 1) return text.append(one);
  return many.empty() ? text.append(one).append("s") : text.append(many);
}

std::string shown_bytes(std::uint64_t bytes) {
  if (bytes < 1024) return std::to_string(bytes) + " B";
  double number = static_cast<double>(bytes);
  const char* unit = "B";
  for (const char* next : {"KiB", "MiB", "GiB", "TiB", "PiB"}) {
    if (number < 1023.5) break;
    number /= 1024;
    unit = next;
  }
  const bool whole = number == std::floor(number);
  return (whole ? grouped(static_cast<std::uint64_t>(number)) : three_digits(number)) + " " + unit;
}

std::string shown_rate(double per_second) {
  if (per_second >= 999.5e6) return three_digits(per_second / 1e9) + " G";
  if (per_second >= 999.5e3) return three_digits(per_second / 1e6) + " M";
  if (per_second >= 9999.5) return three_digits(per_second / 1e3) + " k";
  if (per_second >= 99.95) return grouped(static_cast<std::uint64_t>(std::llround(per_second)));
  return three_digits(per_second);
}

std::string shown_byte_rate(double per_second) {
  if (per_second >= 9999.5) return shown_rate(per_second) + "B/s";
  return grouped(static_cast<std::uint64_t>(std::llround(per_second))) + " B/s";
}

std::string shown_seconds(double seconds) {
  if (seconds == 0) return "0 s";
  if (seconds < 1e-3) return three_digits(seconds * 1e6) + " us";
  if (seconds < 0.9995) return three_digits(seconds * 1e3) + " ms";
  if (seconds < 60) return three_digits(seconds) + " s";
  const auto whole = static_cast<std::uint64_t>(std::llround(seconds));
  if (whole < 3600) return two_parts(whole / 60, "m", whole % 60, "s");
  return two_parts(whole / 3600, "h", whole % 3600 / 60, "m");
}

std::string shown_share(double share) {
  std::array<char, 32> text;
  const double percent = share * 100;
  std::snprintf(text.data(), text.size(), percent >= 0.05 && percent < 9.95 ? "%.1f %%" : "%.0f %%",
                percent);
  return text.data();
}

std::string signal_name(int signal) {
  const char* const name = ::sigabbrev_np(signal);
  return name ? "SIG" + std::string(name) : "signal " + std::to_string(signal);
}

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  for (std::size_t at = 0; at < text.size();) {
    const text::Glyph glyph = text::glyph_at(text, at);
    width += static_cast<std::size_t>(glyph.width);
    at += glyph.size;
  }
  return width;
}

std::string pad_right(std::string text, std::size_t width) {
  const std::size_t taken = display_width(text);
  if (taken < width) text.append(width - taken, ' ');
  return text;
}

std::string pad_left(std::string text, std::size_t width) {
  const std::size_t taken = display_width(text);
  if (taken < width) text.insert(0, width - taken, ' ');
  return text;
}

std::string shown_text(std::string_view text) {
  constexpr std::size_t kMost = 4096;
  return one_line(text, kMost);
}

std::string one_line(std::string_view text, std::size_t width) {
  std::string shown;
  std::size_t taken = 0;
  std::size_t fits = 0;  // The bytes of `shown` that leave room for the dots.
  for (std::size_t at = 0; at < text.size();) {
    const text::Glyph glyph = text::glyph_at(text, at);
    const std::string next = shown_character(text, at, glyph);
    taken += display_width(next);
    if (taken > width) return shown.substr(0, fits) + "...";
    shown += next;
    if (taken + 3 <= width) fits = shown.size();
    at += glyph.size;
  }
  return shown;
}

}  // namespace weir::cli
