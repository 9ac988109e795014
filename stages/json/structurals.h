#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

namespace simdjson::internal {
class dom_parser_implementation;
}

namespace weir {

/// Where JSON's structure is in a text: the offsets of every brace, bracket, colon and comma
/// outside of strings, of every opening quote, and of the first byte of every other scalar. It is
/// simdjson's first stage, which also checks the text's UTF-8, that strings end, and that they
/// hold no control characters. The second stage is our own (`FieldReader`): simdjson's makes a
/// tape that would have to be read again, and says neither where a mistake is nor where a nested
/// value begins and ends.
class Structurals {
 public:
  enum class Status : std::uint8_t { good, empty, bad_utf8, control_character, open_string };

  Structurals();
  ~Structurals();

  /// Offsets are valid until the next call. `text` has at most 4 GiB.
  Status find(std::string_view text);

  /// `*end()` is the text's size.
  const std::uint32_t* begin() const { return begin_; }
  const std::uint32_t* end() const { return end_; }

 private:
  void resize(std::size_t capacity);

  std::unique_ptr<simdjson::internal::dom_parser_implementation> parser_;
  const std::uint32_t* begin_ = nullptr;
  const std::uint32_t* end_ = nullptr;
};

}  // namespace weir
