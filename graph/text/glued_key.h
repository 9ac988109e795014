#pragma once

#include <cstddef>
#include <string_view>

namespace weir {

/// `uses:file.read`, which lacks a space to be a key and its value: the length of `uses:`, or 0 if
/// `text` does not look like that.
std::size_t length_of_glued_key(std::string_view text);

}  // namespace weir
