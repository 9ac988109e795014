#pragma once

#include <array>
#include <optional>
#include <string_view>

namespace weir::stages::lookup {

/// The family of an address, 4 or 6, then its bytes in the order of the network. One of IPv4 is
/// mapped, and ::ffff:a.b.c.d is one of IPv4: no network of IPv6 holds it.
using Address = std::array<char, 17>;

/// A network: its first and its last address.
struct Network {
  Address first{};
  Address last{};
  int prefix = 0;  ///< In bits of IPv6.
};

/// Reads an address; returns nothing if the text is none.
std::optional<Address> read_address(std::string_view text);

/// Reads a network (`10.0.0.0/8`, `2001:db8::/32`) or a single address. Bits behind the prefix do
/// not count. Returns nothing if the text is none.
std::optional<Network> read_network(std::string_view text);

}  // namespace weir::stages::lookup
