#pragma once

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "tests/fuzz/targets.h"
#include "tests/kit/stage_kit.h"
#include "weir/error.h"

namespace weir::fuzz {

using kit::Datum;
using kit::StageKit;

/// A stage whose options come from the input; nothing if they are refused.
inline std::unique_ptr<StageKit> stage(const std::string& type, Node with) {
  try {
    return std::make_unique<StageKit>(builtin_types(), type, std::move(with));
  } catch (const Broken&) {
    throw;
  } catch (const std::runtime_error&) {
    return nullptr;  // OptionError as well
  }
}

/// One of these, for all inputs: making it anew costs more than using it.
inline StageKit& lasting(std::unique_ptr<StageKit>& kept, const std::string& type, Node with) {
  if (!kept) kept = std::make_unique<StageKit>(builtin_types(), type, std::move(with));
  return *kept;
}

/// Whether the kit can make a value of what it shows: not of a number beyond C++'s types.
inline bool is_tellable(std::string_view shown) {
  if (shown.empty() || std::string_view("-0123456789").find(shown[0]) == std::string_view::npos) {
    return true;
  }
  std::int64_t integer = 0;
  double real = 0;
  const char* end = shown.data() + shown.size();
  const auto [behind, code] = std::from_chars(shown.data(), end, integer);
  return (code == std::errc() && behind == end) ||
         (shown.find_first_of(".eE") != std::string_view::npos &&
          std::from_chars(shown.data(), end, real).ec == std::errc());
}

/// The records without their texts, and without those that failed or cannot be told.
inline std::vector<Datum> good_fields(std::vector<Datum> records) {
  std::erase_if(records, [](const Datum& record) {
    return !record.error.empty() ||
           !std::all_of(record.fields.begin(), record.fields.end(),
                        [](const auto& field) { return is_tellable(field.second); });
  });
  for (Datum& record : records) record.text.clear();
  return records;
}

}  // namespace weir::fuzz
