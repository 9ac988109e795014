#pragma once

#include <string>
#include <utility>
#include <vector>

#include "stages/builtin.h"
#include "tests/kit/stage_kit.h"

namespace weir::stages::test {

namespace exec_test {

using kit::Datum;

inline constexpr auto types = kit::types_of<add_exec_stages>;

inline Node shell(const std::string& script) {
  return kit::map({{"command", kit::scalar(script)}});
}

inline std::vector<Datum> records(std::vector<std::string> texts) {
  std::vector<Datum> out;
  for (std::string& text : texts) out.push_back({std::move(text), {}, {}});
  return out;
}

inline std::vector<std::string> numbers(std::size_t count) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < count; ++i) out.push_back(std::to_string(i));
  return out;
}

inline std::vector<std::string> errors(const std::vector<Datum>& out) {
  std::vector<std::string> texts;
  for (const Datum& datum : out) texts.push_back(datum.error);
  return texts;
}

}  // namespace exec_test
}  // namespace weir::stages::test
