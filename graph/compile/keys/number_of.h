#pragma once

#include <charconv>
#include <optional>
#include <string_view>
#include <system_error>

namespace weir::compile {

/// Reads all of `text` as a number; returns nothing if that fails.
template <class Number>
std::optional<Number> number_of(std::string_view text) {
  Number value{};
  const char* const end = text.data() + text.size();
  const auto [at, code] = std::from_chars(text.data(), end, value);
  if (code != std::errc() || at != end) return std::nullopt;
  return value;
}

}  // namespace weir::compile
