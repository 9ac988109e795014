#pragma once

#include <cstddef>
#include <string_view>

namespace weir::stages::file {

/// Returns the place of the quote that ends the JSON string with which `bytes` begin; their size if
/// it is not there.
std::size_t end_of_name(std::string_view bytes);

/// Returns whether a JSON string, without its quotes, stands for this text.
bool is_name(std::string_view written, std::string_view text);

}  // namespace weir::stages::file
