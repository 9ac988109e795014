#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "weir/detail/record_data.h"

namespace weir {

/// One request in the log of an imaginary web server; about one in twelve failed (status 400 and
/// above). Depends on seed and number alone, so that any part of the log can be made by itself.
struct AccessEntry {
  AccessEntry(std::uint64_t seed, std::uint64_t number);

  /// The entry as one line of NDJSON, about 250 bytes, without the newline. Returns the end of what
  /// it wrote: at most kLongestJson bytes.
  char* write_json(char* out) const;
  static constexpr std::size_t kLongestJson = 384;

  /// The same as kFields fields; their bytes, at most kLongestJson, go to `out`. Returns their end.
  char* write_fields(detail::FieldSlot* slots, char* out) const;
  static constexpr std::uint32_t kFields = 8;

 private:
  char* write_time(char* out) const;
  char* write_ip(char* out) const;
  char* write_path(char* out) const;

  std::uint64_t time_ms;  ///< Since 1970, UTC; grows with the number.
  std::string_view method;
  std::string_view path;  ///< The part before its number...
  std::uint32_t id;
  std::string_view query;  ///< ... and the part behind it; without a number if '-'.
  std::string_view agent;
  std::uint8_t network, host;
  std::uint16_t status;
  std::uint32_t bytes;
  std::uint32_t ms;
};

}  // namespace weir
