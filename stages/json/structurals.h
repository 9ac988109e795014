#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

namespace simdjson::internal {
class dom_parser_implementation;
}

namespace weir::stages::json {

/// The structural index of a JSON text: the offsets of every brace, bracket, colon and comma
/// outside strings, of every opening quote, and of the first byte of every other scalar. simdjson's
/// first stage makes it, and also checks that the text is UTF-8, that strings end, and that they
/// hold no control characters. The second stage is our own (`FieldReader`). Rejected: simdjson's,
/// which makes a tape that has to be read again, and says neither where a mistake is nor where a
/// nested value begins and ends.
class Structurals {
 public:
  enum class Status : std::uint8_t { good, empty, bad_utf8, control_character, open_string };

  Structurals();
  ~Structurals();

  /// Makes the index of `text`, which has at most 4 GiB. Offsets are valid until the next call.
  Status find(std::string_view text);

  /// `*end()` is the size of the text.
  const std::uint32_t* begin() const { return begin_; }
  const std::uint32_t* end() const { return end_; }

 private:
  void resize(std::size_t capacity);

  std::unique_ptr<simdjson::internal::dom_parser_implementation> parser_;
  const std::uint32_t* begin_ = nullptr;
  const std::uint32_t* end_ = nullptr;
};

}  // namespace weir::stages::json
