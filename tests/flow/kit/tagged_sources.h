#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace weir::flow::test {

/// A shape.source whose records have its name behind their number.
std::string source(const std::string& name, std::uint64_t count);

/// Of those of `tag`, all have come, in order.
void check_complete(const std::vector<std::string>& texts, std::uint64_t count,
                    const std::string& tag);

/// How many of texts [begin, end) have the tag.
std::uint64_t among(const std::vector<std::string>& texts, std::size_t begin, std::size_t end,
                    std::string_view tag);

}  // namespace weir::flow::test
