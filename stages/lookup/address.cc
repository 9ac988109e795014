#include "stages/lookup/address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <string>

namespace weir::stages::lookup {
namespace {

constexpr std::size_t kLongest = 64;  // INET6_ADDRSTRLEN is 46
constexpr int kMappedBits = 96;       // Of an IPv4 address that is mapped.

bool is_v4(std::string_view text) { return text.find(':') == std::string_view::npos; }

/// Returns whether an address of IPv6 stands for one of IPv4.
bool is_mapped(const Address& address) {
  constexpr char kMapped[kMappedBits / 8] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '\xff', '\xff'};
  return std::memcmp(address.data() + 1, kMapped, sizeof kMapped) == 0;
}

}  // namespace

std::optional<Address> read_address(std::string_view text) {
  // A byte behind the text would be needed, and a NUL inside would end it early.
  if (text.empty() || text.size() >= kLongest) return std::nullopt;
  if (text.find('\0') != std::string_view::npos) return std::nullopt;
  char terminated[kLongest] = {};
  std::memcpy(terminated, text.data(), text.size());
  Address address{};
  char* const bytes = address.data() + 1;
  if (is_v4(text)) {
    bytes[10] = bytes[11] = '\xff';
    if (::inet_pton(AF_INET, terminated, bytes + kMappedBits / 8) != 1) return std::nullopt;
  } else if (::inet_pton(AF_INET6, terminated, bytes) != 1) {
    return std::nullopt;
  }
  address[0] = is_mapped(address) ? 4 : 6;
  return address;
}

std::optional<Network> read_network(std::string_view text) {
  const std::size_t slash = text.find('/');
  const std::string_view base = text.substr(0, slash);
  const std::optional<Address> address = read_address(base);
  if (!address) return std::nullopt;
  const int bits = is_v4(base) ? 32 : 128;
  int prefix = bits;
  if (slash != std::string_view::npos) {
    const char* const end = text.data() + text.size();
    const auto [at, code] = std::from_chars(text.data() + slash + 1, end, prefix);
    if (code != std::errc() || at != end || prefix < 0 || prefix > bits) return std::nullopt;
  }
  Network network{*address, *address, prefix + 128 - bits};
  for (int bit = network.prefix; bit < 128; ++bit) {
    const auto mask = static_cast<char>(0x80 >> (bit % 8));
    const std::size_t byte = 1 + static_cast<std::size_t>(bit) / 8;
    network.first[byte] = static_cast<char>(network.first[byte] & ~mask);
    network.last[byte] = static_cast<char>(network.last[byte] | mask);
  }
  if (network.prefix < kMappedBits) network.first[0] = network.last[0] = 6;
  return network;
}

}  // namespace weir::stages::lookup
