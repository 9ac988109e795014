#pragma once

#include <cstdint>
#include <string_view>

#include "weir/option_scalars.h"

namespace weir::stages::lookup {

/// What it means that two rows have the same key, or ranges that overlap.
enum class Duplicates : std::uint8_t { error, first, last };

}  // namespace weir::stages::lookup

namespace weir {

template <>
struct EnumNames<stages::lookup::Duplicates> {
  static constexpr std::string_view names[] = {"error", "first", "last"};
};

}  // namespace weir
