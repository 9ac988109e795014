#pragma once

// Options that are one plain value: booleans, numbers, text, durations, sizes and enums.

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "weir/binder.h"

namespace weir {

/// A duration option (`1.5s`, `1h30m`); a unit is required.
using Duration = std::chrono::nanoseconds;

/// A size option (`64KiB`, `1MB`; a bare number is bytes).
struct Bytes {
  std::uint64_t value = 0;
  friend auto operator<=>(const Bytes&, const Bytes&) = default;
};

/// The names of the values 0, 1, 2, ... of an enum; specialise it to use the enum as an option:
///   template <> struct EnumNames<Codec> { static constexpr std::string_view names[] = {...}; };
template <class E>
struct EnumNames;

namespace detail {

/// Splits a text such as "1.5s" into the number and what follows it; false if it begins with no
/// number.
inline bool number_and_unit(std::string_view text, double& number, std::string_view& unit) {
  const auto [end, code] =
      std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  if (code != std::errc()) return false;
  unit = text.substr(static_cast<std::size_t>(end - text.data()));
  return true;
}

}  // namespace detail

template <>
struct OptionType<bool> {
  static std::string name() { return "boolean"; }
  static bool parse(const Node& node, bool& out, Binder& binder) {
    if (!detail::expect_scalar(node, binder, "true or false")) return false;
    if (node.text == "true" || node.text == "false") {
      out = node.text == "true";
      return true;
    }
    std::string hint;
    if (node.text == "yes" || node.text == "on" || node.text == "no" || node.text == "off") {
      hint = "booleans are 'true' and 'false' only";
    }
    binder.error(node, "expected true or false, got " + detail::shape_of(node), hint);
    return false;
  }
  static std::string show(bool value) { return value ? "true" : "false"; }
};

template <std::integral T>
requires(!std::same_as<T, bool>) struct OptionType<T> {
  static std::string name() { return "integer"; }
  static bool parse(const Node& node, T& out, Binder& binder) {
    if (!detail::expect_scalar(node, binder, "an integer")) return false;
    const char* end = node.text.data() + node.text.size();
    T value{};
    const auto [at, code] = std::from_chars(node.text.data(), end, value);
    if (code == std::errc() && at == end) {
      out = value;
      return true;
    }
    if (code == std::errc::result_out_of_range ||
        (std::is_unsigned_v<T> && node.text.starts_with('-') &&
         node.text.find_first_not_of("-0123456789") == std::string::npos)) {
      binder.error(node, "expected an integer from " + show(std::numeric_limits<T>::min()) +
                             " to " + show(std::numeric_limits<T>::max()) + ", got " +
                             detail::shape_of(node));
      return false;
    }
    std::string hint;
    if (node.text.find_first_of("_,") != std::string::npos &&
        node.text.find_first_not_of("0123456789_,-") == std::string::npos) {
      hint = "write the digits without '_' or ','";
    } else if (node.text.find(':') != std::string::npos) {
      hint = "base-60 numbers of YAML 1.1 are not supported";
    }
    binder.error(node, "expected an integer, got " + detail::shape_of(node), hint);
    return false;
  }
  static std::string show(T value) { return std::to_string(value); }
};

template <>
struct OptionType<double> {
  static std::string name() { return "number"; }
  static bool parse(const Node& node, double& out, Binder& binder) {
    if (!detail::expect_scalar(node, binder, "a number")) return false;
    const char* end = node.text.data() + node.text.size();
    double value = 0;
    const auto [at, code] = std::from_chars(node.text.data(), end, value);
    if (code == std::errc() && at == end && std::isfinite(value)) {
      out = value;
      return true;
    }
    binder.error(node, "expected a number, got " + detail::shape_of(node));
    return false;
  }
  static std::string show(double value) {
    char text[32];
    const auto [end, code] = std::to_chars(text, text + sizeof text, value);
    return {text, end};
  }
};

template <>
struct OptionType<std::string> {
  static std::string name() { return "text"; }
  static bool parse(const Node& node, std::string& out, Binder& binder) {
    if (!detail::expect_scalar(node, binder, "text")) return false;
    out = node.text;
    return true;
  }
  static std::string show(const std::string& value) { return value; }
};

template <>
struct OptionType<Duration> {
  static std::string name() { return "duration"; }
  static bool parse(const Node& node, Duration& out, Binder& binder) {
    if (!detail::expect_scalar(node, binder, "a duration such as 500ms or 1h30m")) return false;
    if (parse_text(node.text, out)) return true;
    double number = 0;
    std::string_view unit;
    std::string hint;
    if (detail::number_and_unit(node.text, number, unit) && unit.empty()) {
      hint = "did you mean '" + node.text + "s'? A duration needs a unit";
    } else if (node.text.find(':') != std::string::npos) {
      hint = "write hours and minutes as 1h30m";
    }
    binder.error(node, "expected a duration such as 500ms or 1h30m, got " + detail::shape_of(node),
                 hint);
    return false;
  }
  static bool parse_text(std::string_view text, Duration& out) {
    static constexpr std::pair<std::string_view, double> kUnits[] = {
        {"ns", 1},   {"us", 1e3},   {"ms", 1e6},   {"s", 1e9},
        {"m", 60e9}, {"h", 3600e9}, {"d", 86400e9}};
    if (text.empty()) return false;
    double total = 0;
    while (!text.empty()) {
      double number = 0;
      std::string_view rest;
      if (!detail::number_and_unit(text, number, rest) || number < 0) return false;
      const std::size_t size = std::min(rest.find_first_of("0123456789"), rest.size());
      const std::pair<std::string_view, double>* found = nullptr;
      for (const auto& unit : kUnits) {
        if (unit.first == rest.substr(0, size)) found = &unit;
      }
      if (!found) return false;
      total += number * found->second;
      text = rest.substr(size);
    }
    if (total > 9.2e18) return false;
    out = Duration(static_cast<std::int64_t>(std::llround(total)));
    return true;
  }
  static std::string show(Duration value) {
    static constexpr std::pair<std::string_view, std::int64_t> kUnits[] = {
        {"h", 3'600'000'000'000}, {"m", 60'000'000'000}, {"s", 1'000'000'000},
        {"ms", 1'000'000},        {"us", 1'000},         {"ns", 1}};
    std::int64_t left = value.count();
    if (left == 0) return "0s";
    std::string text;
    for (const auto& [unit, size] : kUnits) {
      if (left >= size) text += std::to_string(left / size) + std::string(unit);
      left %= size;
    }
    return text;
  }
};

template <>
struct OptionType<Bytes> {
  static std::string name() { return "size"; }
  static bool parse(const Node& node, Bytes& out, Binder& binder) {
    if (!detail::expect_scalar(node, binder, "a size such as 64KiB")) return false;
    if (parse_text(node.text, out)) return true;
    binder.error(node, "expected a size such as 64KiB, got " + detail::shape_of(node),
                 node.text.find('_') != std::string::npos ? "write the digits without '_'" : "");
    return false;
  }
  static bool parse_text(std::string_view text, Bytes& out) {
    static constexpr std::pair<std::string_view, double> kUnits[] = {{"", 1},
                                                                     {"B", 1},
                                                                     {"KiB", 1024.0},
                                                                     {"MiB", 1048576.0},
                                                                     {"GiB", 1073741824.0},
                                                                     {"TiB", 1099511627776.0},
                                                                     {"kB", 1e3},
                                                                     {"KB", 1e3},
                                                                     {"MB", 1e6},
                                                                     {"GB", 1e9},
                                                                     {"TB", 1e12}};
    double number = 0;
    std::string_view unit;
    if (detail::number_and_unit(text, number, unit) && number >= 0) {
      for (const auto& [name, size] : kUnits) {
        if (name == unit && number * size < 9.2e18) {
          out.value = static_cast<std::uint64_t>(std::llround(number * size));
          return true;
        }
      }
    }
    return false;
  }
  static std::string show(Bytes value) {
    static constexpr std::pair<std::string_view, std::uint64_t> kUnits[] = {
        {"GiB", 1ull << 30}, {"MiB", 1ull << 20}, {"KiB", 1ull << 10}};
    for (const auto& [unit, size] : kUnits) {
      if (value.value >= size && value.value % size == 0) {
        return std::to_string(value.value / size) + std::string(unit);
      }
    }
    return std::to_string(value.value);
  }
};

template <class E>
requires std::is_enum_v<E>
struct OptionType<E> {
  static std::string name() {
    std::string text;
    for (std::string_view choice : EnumNames<E>::names) {
      text += (text.empty() ? "" : " | ") + std::string(choice);
    }
    return text;
  }
  static bool parse(const Node& node, E& out, Binder& binder) {
    if (!detail::expect_scalar(node, binder, "one of " + name())) return false;
    std::vector<std::string> choices;
    for (std::string_view choice : EnumNames<E>::names) {
      if (choice == node.text) {
        out = static_cast<E>(choices.size());
        return true;
      }
      choices.emplace_back(choice);
    }
    binder.error(node, "expected one of " + name() + ", got " + detail::shape_of(node),
                 binder.nearest(node.text, choices));
    return false;
  }
  static std::string show(E value) {
    return std::string(EnumNames<E>::names[static_cast<std::size_t>(value)]);
  }
};

}  // namespace weir
