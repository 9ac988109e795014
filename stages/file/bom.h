#pragma once

#include <string_view>

namespace weir::stages::file {

/// The byte order mark of UTF-8.
inline constexpr std::string_view kBom = "\xef\xbb\xbf";

}  // namespace weir::stages::file
