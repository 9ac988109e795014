#pragma once

#include <array>
#include <optional>
#include <string_view>

namespace weir::stages::lookup {

/// An address of IPv6 in the order of the network; one of IPv4 is mapped (::ffff:a.b.c.d).
using Address = std::array<char, 16>;

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
