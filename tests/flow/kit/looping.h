#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "weir/plugin.h"

namespace weir::flow::test {

// Loops whose records go back so often, each time with one more `~` behind their number.

/// How often a record wants to go back.
using Rounds = std::function<std::uint64_t(std::uint64_t number)>;

/// How often it has been sent back.
std::uint64_t round_of(std::string_view text);

/// Sends a record back by port 1 until that was as often as it wants.
std::function<void(Record&, Call&)> again(Rounds rounds);

/// What comes out of `count` records where they may go back `max` times.
std::vector<std::string> looped_texts(std::uint64_t count, const Rounds& rounds, std::uint64_t max);

/// Rounds from 0 to 3.
std::uint64_t up_to_three(std::uint64_t number);

}  // namespace weir::flow::test
