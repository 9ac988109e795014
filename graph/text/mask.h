#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace weir::text {

/// The secrets of a pipeline, and the text shown in place of each. Every text for people goes
/// through it.
class Mask {
 public:
  /// Shorter values are not masked: they are no secrets, and many words contain them.
  static constexpr std::size_t kShortest = 4;

  /// Shows `shown` for `value` from now on, unless `value` is too short.
  void add(std::string_view value, std::string_view shown);
  void add(const Mask& other);

  /// Returns `text` without the secrets, also without one that was cut off by "...".
  std::string operator()(std::string_view text) const;

 private:
  /// A secret and the text shown in its place.
  struct Secret {
    std::string value;
    std::string shown;
  };
  std::vector<Secret> secrets_;  ///< The longest first, since one may contain another.
};

/// Returns `text` without any `kShortest` or more bytes in a row that `value` contains. For a
/// message that was made from `value` and may quote any piece of it.
std::string mask_pieces(std::string_view text, std::string_view value, std::string_view shown);

}  // namespace weir::text
