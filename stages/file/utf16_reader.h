#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "stages/file/input_stream.h"
#include "stages/file/text_rules.h"
#include "weir/feed.h"

namespace weir::stages::file {

/// Reads an InputStream, and makes UTF-8 of what is UTF-16, by the option or by its first two
/// bytes. A byte order mark of UTF-16 is no part of the content. What is no UTF-16 is made into
/// bytes that are no UTF-8: see TextRules.
class Utf16Reader {
 public:
  explicit Utf16Reader(Encoding encoding) : encoding_(encoding) {
    const bool any = encoding == Encoding::automatic || encoding >= Encoding::utf_16;
    if (!any) mode_ = Mode::plain;
  }

  InputStream::Got read(InputStream& from, std::span<char> out, const Stop& stop, bool wait);
  /// Returns whether the content is UTF-16. Valid once `read` has returned some.
  bool converts() const { return mode_ == Mode::little || mode_ == Mode::big; }

 private:
  enum class Mode : std::uint8_t { unknown, plain, little, big };

  bool decide(InputStream& from, std::span<char> out, const Stop& stop, bool wait);
  bool fill(InputStream& from, std::size_t wanted, const Stop& stop, bool wait);
  std::size_t convert(std::span<char> out);
  unsigned unit(std::size_t at) const;

  const Encoding encoding_;
  Mode mode_ = Mode::unknown;
  std::string raw_;        ///< Bytes that are not converted yet.
  std::size_t taken_ = 0;  ///< The bytes of `raw_` that are.
  bool ended_ = false;     ///< True if nothing follows `raw_`.
};

}  // namespace weir::stages::file
