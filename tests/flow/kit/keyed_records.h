#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "tests/flow/kit/late_stages.h"

namespace weir::flow::test {

/// Which of so many keys a text has.
inline std::string key_of(std::string_view text, std::uint64_t keys) {
  return "k" + std::to_string(mix(17, text) % keys);
}

/// Makes the late.label of that name set field `k` to the text's key.
inline void label(Pipeline& pipeline, std::uint64_t keys) {
  stage_of<Scripted>(pipeline, "label").act = [keys](Record& record, Call&) {
    const std::string key = key_of(record.text(), keys);
    record.set("k", Value(std::string_view(key)));
  };
}

}  // namespace weir::flow::test
