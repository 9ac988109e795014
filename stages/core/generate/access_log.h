#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "weir/detail/record_data.h"

namespace weir::stages::core {

/// A request in the log of an imaginary web server. About one in twelve fails (status 400 and
/// above). It depends on seed and number alone, so that any part of the log can be made by itself.
struct AccessEntry {
  AccessEntry(std::uint64_t seed, std::uint64_t number);

  /// Writes the entry as one line of NDJSON, about 250 bytes, without the newline. Returns the end
  /// of what was written, at most kLongestJson bytes.
  char* write_json(char* out) const;
  static constexpr std::size_t kLongestJson = 384;

  /// Writes the entry as kFields fields. Their bytes, at most kLongestJson, go to `out`; returns
  /// their end.
  char* write_fields(detail::FieldSlot* slots, char* out) const;
  static constexpr std::uint32_t kFields = 8;

 private:
  char* write_time(char* out) const;
  char* write_ip(char* out) const;
  char* write_path(char* out) const;

  std::uint64_t time_ms;  ///< Milliseconds since 1970, UTC; grows with the number.
  std::string_view method;
  std::string_view path;  ///< The path before its number.
  /// 0 if the path has no number.
  std::uint32_t id;
  std::string_view query;  ///< The part of the path after its number.
  std::string_view agent;
  std::uint8_t network, host;
  std::uint16_t status;
  std::uint32_t bytes;
  std::uint32_t ms;
};

}  // namespace weir::stages::core
