#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "weir/registry.h"

namespace weir::stages::file {

enum class Encoding : std::uint8_t {
  automatic,
  utf_8,
  latin_1,
  windows_1252,
  utf_16,
  utf_16le,
  utf_16be
};
enum class OnInvalid : std::uint8_t { keep, replace, error };

/// How the bytes of a record become text, which is UTF-8.
///
/// What comes as UTF-16 is UTF-8 before records are cut (Utf16Reader). Half of a surrogate pair is
/// then the three bytes that would stand for it, and half of a unit at the end is a byte 0xff:
/// neither is UTF-8, so that the record that has it is found here.
class TextRules {
 public:
  TextRules() = default;
  TextRules(Encoding encoding, std::optional<OnInvalid> on_invalid)
      : encoding_(encoding), on_invalid_(on_invalid) {}

  Encoding encoding() const { return encoding_; }
  /// Returns whether the option says that files are UTF-16.
  bool utf_16() const { return encoding_ >= Encoding::utf_16; }
  /// Returns the rules for a file that was found to be UTF-16.
  TextRules for_utf_16() const { return {Encoding::utf_16, on_invalid_}; }

  /// Returns whether all bytes are text as they are.
  bool as_is() const { return !single_byte() && on_invalid() == OnInvalid::keep; }
  /// Returns whether `bytes` are text as they are.
  bool good(std::string_view bytes) const;
  /// Returns the size of the text that `bytes` become, if they are not good; std::nullopt if they
  /// are an error.
  std::optional<std::size_t> text_size(std::string_view bytes) const;
  /// Writes that text to `out`.
  void write(std::string_view bytes, char* out) const;
  /// Returns the message of that error.
  std::string error(std::string_view bytes) const;

 private:
  bool single_byte() const {
    return encoding_ == Encoding::latin_1 || encoding_ == Encoding::windows_1252;
  }
  OnInvalid on_invalid() const {
    const bool keeps = encoding_ == Encoding::automatic || encoding_ == Encoding::utf_8;
    return on_invalid_.value_or(keeps ? OnInvalid::keep : OnInvalid::error);
  }
  template <class Piece>
  bool each_piece(std::string_view bytes, Piece&& piece) const;

  Encoding encoding_ = Encoding::automatic;
  std::optional<OnInvalid> on_invalid_;
};

/// Returns `bytes`, a header, as text. Throws Error "encoding" if they are an error.
std::string header_text(std::string bytes, const TextRules& rules, const std::string& path);

}  // namespace weir::stages::file

template <>
struct weir::EnumNames<weir::stages::file::Encoding> {
  static constexpr std::string_view names[] = {"auto",   "utf-8",    "latin-1", "windows-1252",
                                               "utf-16", "utf-16le", "utf-16be"};
};

template <>
struct weir::EnumNames<weir::stages::file::OnInvalid> {
  static constexpr std::string_view names[] = {"keep", "replace", "error"};
};
