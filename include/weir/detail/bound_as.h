#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <type_traits>

#include "weir/option_scalars.h"

namespace weir {

namespace detail {

/// The type of the values that an option's bounds apply to: M, also for an option of type
/// std::optional<M>.
template <class M>
struct Bounded {
  using type = M;
};
template <class M>
struct Bounded<std::optional<M>> {
  using type = M;
};

/// Converts a bound as it is written (`1` for a double, a size or an int64) to the option's own
/// type.
template <class V, class B>
V bound_as(const B& bound) {
  if constexpr (!std::same_as<B, typename Bounded<B>::type>) {
    return bound_as<V>(bound.value());
  } else if constexpr (std::same_as<V, Bytes> && std::integral<B>) {
    return Bytes{bound_as<std::uint64_t>(bound)};
  } else if constexpr (std::integral<V> && std::integral<B>) {
    const V value = static_cast<V>(bound);
    if (static_cast<B>(value) != bound || (value < V{}) != (bound < B{})) {
      throw std::logic_error("a bound is no value of its option: " + std::to_string(bound));
    }
    return value;
  } else if constexpr (std::floating_point<V> && std::is_arithmetic_v<B>) {
    return static_cast<V>(bound);
  } else {
    static_assert(std::convertible_to<const B&, V> && !std::is_arithmetic_v<V>,
                  "a bound is a value of its option: an integer for an integer, a duration for a "
                  "duration");
    return V(bound);
  }
}

}  // namespace detail

}  // namespace weir
