#pragma once

#include <cstdint>
#include <ranges>

namespace weir::flow::test {

/// The seeds of a test that draws what it does: from 1 on, `count`; or as the variable of the
/// environment says, FROM:COUNT.
std::ranges::iota_view<std::uint64_t, std::uint64_t> seeds(const char* variable,
                                                           std::uint64_t count);

}  // namespace weir::flow::test
