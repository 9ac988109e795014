#pragma once

#include <string>
#include <utility>
#include <vector>

#include "tests/kit/stage_kit.h"

namespace weir {

void add_exec_stages(Registry& registry);

namespace exec_test {

using kit::Datum;

inline const Registry& types() {
  static const Registry result = [] {
    Registry registry;
    add_exec_stages(registry);
    return registry;
  }();
  return result;
}

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
}  // namespace weir
