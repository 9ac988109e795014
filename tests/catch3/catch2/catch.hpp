#pragma once

// Catch2 3 under the names of Catch2 2, in which the tests are written: both are tested with.
// Only where Catch2 3 is found does this folder stand on the include path.
#include <catch2/catch_all.hpp>
#include <string>

namespace Catch {

using TestEventListenerBase = EventListenerBase;

// Its own Contains is another one, about elements.
inline auto Contains(const std::string& part) { return Matchers::ContainsSubstring(part); }
using Matchers::EndsWith;
using Matchers::Equals;
using Matchers::StartsWith;

}  // namespace Catch

using Catch::Approx;
