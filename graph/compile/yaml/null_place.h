#pragma once

#include <cstddef>
#include <string_view>

#include "graph/text/source_text.h"
#include "weir/node.h"

// yaml-cpp marks an absent value at the token after it. These functions find where the value
// belongs.

namespace weir::compile {

/// Returns the null that is written at `at` ("~", "null"); empty if there is none.
std::string_view null_word(std::string_view text, std::size_t at);

/// Returns the position of the absent value of a key that ends at `key_end`: the comment that
/// swallowed the value, else the key.
Mark place_of_null_value(const text::SourceText& source, std::size_t key_end, const Mark& key);

/// Returns the position of an absent list item, `next` being the first byte after it: the comment
/// that swallowed the item, else its `-`.
Mark place_of_null_item(const text::SourceText& source, std::size_t next);

}  // namespace weir::compile
