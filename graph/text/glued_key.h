#pragma once

#include <cstddef>
#include <string_view>

namespace weir::text {

/// Recognises a key without the blank before its value, such as `uses:file.read`. Returns the
/// length of `uses:`, or 0 if `text` does not look like that.
std::size_t length_of_glued_key(std::string_view text);

}  // namespace weir::text
