#pragma once

#include <cstddef>
#include <string_view>

#include "graph/text/source_text.h"
#include "weir/node.h"

// yaml-cpp marks an absent value at whatever comes next. These find where it should have stood.

namespace weir {

/// The null that is written at `at` ("~", "null"); empty if none is.
std::string_view null_word(std::string_view text, std::size_t at);

/// For the value of a key that ends at `key_end`: the comment that swallowed it, else the key.
Mark place_of_null_value(const SourceText& source, std::size_t key_end, const Mark& key);

/// For the item of a list, `next` being the first byte behind it: the comment that swallowed it,
/// else its `-`.
Mark place_of_null_item(const SourceText& source, std::size_t next);

}  // namespace weir
