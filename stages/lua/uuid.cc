#include "stages/lua/uuid.h"

#include <sys/random.h>

#include <cerrno>
#include <cstdint>
#include <span>
#include <system_error>

#include "stages/builtin.h"

namespace weir::stages::lua {
namespace {

constexpr std::size_t kBytes = 16;

/// Returns 32 hexadecimal digits in their groups, marked with the version.
std::string grouped(std::string digits, char version) {
  constexpr std::string_view kVariants = "89ab";
  digits[12] = version;
  const char variant = digits[16];
  const int value = variant <= '9' ? variant - '0' : variant - 'a' + 10;
  digits[16] = kVariants[static_cast<std::size_t>(value % 4)];
  for (const std::size_t at : {20, 16, 12, 8}) digits.insert(at, 1, '-');
  return digits;
}

}  // namespace

std::string random_uuid() {
  std::uint8_t bytes[kBytes];
  while (::getrandom(bytes, kBytes, 0) != static_cast<ssize_t>(kBytes)) {
    if (errno != EINTR) throw std::system_error(errno, std::generic_category(), "getrandom");
  }
  constexpr char kHex[] = "0123456789abcdef";
  std::string digits;
  for (const std::uint8_t byte : bytes) {
    digits += kHex[byte >> 4];
    digits += kHex[byte & 15];
  }
  return grouped(std::move(digits), '4');
}

std::string uuid_of(std::string_view text) {
  std::string named(kBytes, '\0');
  named += text;
  std::string digits;
  hex_digest("sha1", named, digits);
  digits.resize(2 * kBytes);
  return grouped(std::move(digits), '5');
}

}  // namespace weir::stages::lua
