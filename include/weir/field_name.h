#pragma once

#include <concepts>
#include <cstddef>
#include <string>
#include <string_view>
#include <type_traits>

#include "weir/field.h"

namespace weir {

/// The name of a field that a record sets. A literal is not copied. Any other text, also a
/// temporary, is copied into the batch when a record gets a new field of that name; `lasting` saves
/// that copy for a text that lives long enough.
class FieldName {
 public:
  /// A string literal or an array of static storage, since only pointers to those are constants.
  template <std::size_t n>
  consteval FieldName(const char (&literal)[n])  // NOLINT
      : text_(static_cast<const char*>(literal)), lasts_(true) {}
  /// A buffer that may be written to, and is therefore copied.
  template <std::size_t n>
  constexpr FieldName(char (&buffer)[n])  // NOLINT
      : text_(static_cast<const char*>(buffer)) {}
  template <std::convertible_to<std::string_view> T>
  requires(!std::is_array_v<T>) constexpr FieldName(const T& text) : text_(text) {}  // NOLINT
  FieldName(const Field& field) : text_(field.name()) {}                             // NOLINT

  /// Returns a name that is not copied. `text` outlives the run (a member of the stage), or lives
  /// in the record's batch.
  static constexpr FieldName lasting(std::string_view text) { return FieldName(text, true); }
  static FieldName lasting(const Field& field) { return lasting(std::string_view(field.name())); }
  template <std::same_as<std::string> Temporary>
  static FieldName lasting(Temporary&&) = delete;
  static FieldName lasting(Field&&) = delete;

  constexpr std::string_view text() const { return text_; }
  constexpr bool lasts() const { return lasts_; }

 private:
  constexpr FieldName(std::string_view text, bool lasts) : text_(text), lasts_(lasts) {}

  std::string_view text_;
  bool lasts_ = false;
};

}  // namespace weir
