#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "weir/value.h"

namespace weir::stages::json {

/// Writes one JSON object over several lines, a member or element each, indented by its depth.
/// Nested values are laid out anew; their numbers and strings stay as they were written.
class IndentedJson {
 public:
  /// Writes to `out`, which has room for all; with a null pointer it only counts.
  /// A byte that is not UTF-8 becomes U+FFFD, or is kept.
  IndentedJson(char* out, std::size_t indent, bool keep_invalid)
      : out_(out), indent_(indent), keep_invalid_(keep_invalid) {}

  void member(std::string_view name, const Value& value);
  /// Ends the object.
  void end();
  std::size_t size() const { return size_; }
  /// Returns how many bytes were not UTF-8.
  std::uint64_t invalid() const { return invalid_; }

 private:
  void put(std::string_view bytes);
  void begin_line();
  void string(std::string_view text);
  void raw(std::string_view json);

  char* out_;
  std::size_t indent_;
  std::size_t size_ = 0;
  bool keep_invalid_;
  std::uint64_t invalid_ = 0;
  std::size_t depth_ = 0;  ///< The depth of the containers that are open.
};

}  // namespace weir::stages::json
