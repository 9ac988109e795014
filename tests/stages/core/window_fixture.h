#pragma once

#include <catch2/catch.hpp>

#include "stages/core/core.h"
#include "tests/kit/stage_kit.h"

// What the tests of windows have in common.

namespace weir::window_test {

using kit::Datum;
using kit::map;
using kit::scalar;
using Options = std::vector<std::pair<std::string, std::string>>;
using Fields = std::vector<std::pair<std::string, std::string>>;

inline constexpr auto registry = kit::types_of<stages::core::add_window>;

inline kit::StageKit window(const Options& options, const Options& aggregate = {},
                            std::vector<std::string> key = {}) {
  std::vector<std::pair<std::string, Node>> with;
  for (const auto& [name, value] : options) with.emplace_back(name, scalar(value));
  if (!aggregate.empty()) {
    std::vector<std::pair<std::string, Node>> entries;
    for (const auto& [name, value] : aggregate) entries.emplace_back(name, scalar(value));
    with.emplace_back("aggregate", map(std::move(entries)));
  }
  return kit::StageKit(registry(), "window", map(std::move(with)), std::move(key));
}

inline Datum of(Fields fields) { return {"", std::move(fields), {}}; }
inline Datum at(const std::string& time) { return of({{"t", time}}); }
inline Datum at(const std::string& time, const std::string& key) {
  return of({{"t", time}, {"k", '"' + key + '"'}});
}

/// What came out, a word each: the values of its fields with ':' between, an error as its kind.
inline std::string shown(const std::vector<Datum>& output) {
  std::string all;
  for (const Datum& datum : output) {
    std::string one = datum.error.substr(0, datum.error.find(':'));
    for (const auto& [name, value] : datum.fields) {
      if (datum.error.empty()) one += (one.empty() ? "" : ":") + value;
    }
    all += (all.empty() ? "" : " ") + one;
  }
  return all;
}

inline std::string run(const Options& options, const std::vector<Datum>& input,
                       std::vector<std::string> key = {}) {
  kit::StageKit stage = window(options, {}, std::move(key));
  const std::string all = shown(stage.transform_at_every_cut(input));
  CHECK(stage.state_used() == 0);
  return all;
}

}  // namespace weir::window_test
