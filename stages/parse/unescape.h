#pragma once

#include <string_view>

#include "weir/record.h"

namespace weir::stages::parse {

/// Returns the text with what its escapes stand for: `\\`, the quote, `\n`, `\r`, `\t`, and
/// `\uXXXX` with both halves of a pair. Any other backslash stands for itself. The bytes live in
/// the record's batch.
std::string_view unescaped(std::string_view text, char quote, Record& record);

/// Returns the number that two hexadecimal digits write at `at`; -1 if there are none.
int hex_byte(std::string_view text, std::size_t at);

}  // namespace weir::stages::parse
