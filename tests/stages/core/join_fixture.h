#pragma once

#include <string>
#include <utility>
#include <vector>

#include "stages/core/core.h"
#include "tests/kit/stage_kit.h"

// Joins and their records, as tests write and compare them.

namespace weir::stages::core {

using kit::Datum;
using kit::map;
using kit::scalar;
using Options = std::vector<std::pair<std::string, Node>>;

inline constexpr auto registry = kit::types_of<add_join>;

inline Options timed(const char* within, const char* kind = "inner") {
  return {{"by", scalar("k")},
          {"within", scalar(within)},
          {"time", scalar("t")},
          {"kind", scalar(kind)}};
}

inline kit::StageKit join(Options options) { return {registry(), "join", map(std::move(options))}; }

inline Datum of(std::uint8_t input, const char* text, const std::string& key,
                const std::string& time) {
  Datum datum{text, {{"k", key}, {"t", time}, {text, "1"}}, {}};
  datum.input = input;
  return datum;
}
inline Datum left(const char* text, const std::string& key, const std::string& time) {
  return of(0, text, key, time);
}
inline Datum right(const char* text, const std::string& key, const std::string& time) {
  return of(1, text, key, time);
}

/// Each record by the names of the fields that only one of the two has: "ax" for a pair, "a" for
/// one alone, an error as its kind.
inline std::vector<std::string> shown(const std::vector<Datum>& output) {
  std::vector<std::string> all;
  for (const Datum& datum : output) {
    if (!datum.error.empty()) {
      all.push_back(datum.error.substr(0, datum.error.find(':')));
      continue;
    }
    all.emplace_back();
    for (const auto& [name, value] : datum.fields) {
      if (name.size() == 1 && name != "k" && name != "t") all.back() += name;
    }
  }
  return all;
}

using Shown = std::vector<std::string>;

}  // namespace weir::stages::core
