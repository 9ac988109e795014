#include "stages/json/writer.h"

#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>

#include "stages/json/mistake.h"
#include "weir/detail/json_line.h"
#include "weir/detail/utf8.h"

namespace weir::stages::json {
namespace {

constexpr std::size_t kNumberSize = 32;

/// True if any of the eight bytes is a control character, '"', '\\' or beyond ASCII.
bool is_special(std::uint64_t word) {
  constexpr std::uint64_t kOnes = 0x0101010101010101;
  const std::uint64_t quote = word ^ kOnes * '"';
  const std::uint64_t slash = word ^ kOnes * '\\';
  const std::uint64_t found =
      (word - kOnes * 0x20) | ((quote - kOnes) & ~quote) | ((slash - kOnes) & ~slash) | word;
  return (found & kOnes * 0x80) != 0;
}

template <class Word>
Word load(const char* at) {
  Word word;
  std::memcpy(&word, at, sizeof word);
  return word;
}

bool is_plain(char c) {
  return static_cast<unsigned char>(c) >= 0x20 && static_cast<unsigned char>(c) < 0x80 &&
         c != '"' && c != '\\';
}

/// Copies a text in which nothing must be escaped. Returns false for any other text; what was
/// written is of no use then.
bool copy_plain(std::string_view text, char* out) {
  const char* from = text.data();
  const std::size_t size = text.size();
  if (size >= 8) {
    for (std::size_t i = 0; i + 8 <= size; i += 8) {
      if (is_special(load<std::uint64_t>(from + i))) return false;
      std::memcpy(out + i, from + i, 8);
    }
    if (is_special(load<std::uint64_t>(from + size - 8))) return false;
    std::memcpy(out + size - 8, from + size - 8, 8);
    return true;
  }
  if (size >= 4) {
    const std::uint64_t head = load<std::uint32_t>(from);
    const std::uint64_t tail = load<std::uint32_t>(from + size - 4);
    if (is_special(head | tail << 32)) return false;
    std::memcpy(out, from, 4);
    std::memcpy(out + size - 4, from + size - 4, 4);
    return true;
  }
  for (std::size_t i = 0; i < size; ++i) {
    if (!is_plain(from[i])) return false;
    out[i] = from[i];
  }
  return true;
}

/// Returns the letter of a two-byte escape; NUL if the character has none.
char escape_letter(char c) {
  switch (c) {
    case '"':
      return '"';
    case '\\':
      return '\\';
    case '\b':
      return 'b';
    case '\f':
      return 'f';
    case '\n':
      return 'n';
    case '\r':
      return 'r';
    case '\t':
      return 't';
    default:
      return '\0';
  }
}

/// Calls `piece` with each piece of the text as it goes into a JSON string.
template <class Piece>
void each_piece(std::string_view text, Piece&& piece) {
  static constexpr char kHex[] = "0123456789abcdef";
  while (!text.empty()) {
    std::size_t length = 0;
    while (length < text.size() && is_plain(text[length])) ++length;
    const auto c = static_cast<unsigned char>(text[0]);
    if (length > 0) {
      piece(text.substr(0, length));
    } else if (c >= 0x80) {
      length = detail::utf8_length(text);
      piece(length ? text.substr(0, length) : std::string_view("\xef\xbf\xbd"));
    } else if (const char letter = escape_letter(text[0])) {
      const char escape[] = {'\\', letter};
      piece(std::string_view(escape, 2));
    } else {
      const char escape[] = {'\\', 'u', '0', '0', kHex[c >> 4], kHex[c & 15]};
      piece(std::string_view(escape, 6));
    }
    text.remove_prefix(length ? length : 1);
  }
}

}  // namespace

void JsonWriter::append(std::string_view bytes) {
  if (bytes.size() > static_cast<std::size_t>(end_ - out_)) {
    full_ = true;
    end_ = out_;
  } else if (!bytes.empty()) {
    std::memcpy(out_, bytes.data(), bytes.size());
    out_ += bytes.size();
  }
}

void JsonWriter::string(std::string_view text) {
  put('"');
  if (text.size() <= static_cast<std::size_t>(end_ - out_) && copy_plain(text, out_)) {
    out_ += text.size();
  } else {
    each_piece(text, [this](std::string_view piece) { append(piece); });
  }
  append("\"");
}

void JsonWriter::value(const Value& value) {
  char digits[kNumberSize];
  switch (value.type()) {
    case ValueType::null:
      return append("null");
    case ValueType::boolean:
      return append(value.as_bool() ? "true" : "false");
    case ValueType::text:
      return string(value.as_text());
    case ValueType::json:
      return raw(value.as_text());
    case ValueType::real:
      return value.has_bytes() ? append(value.as_text()) : real(value.as_real());
    case ValueType::integer:
      break;
  }
  const char* end = std::to_chars(digits, digits + sizeof digits, value.as_integer()).ptr;
  append({digits, static_cast<std::size_t>(end - digits)});
}

void JsonWriter::raw(std::string_view json) {
  if (!detail::has_line_break(json)) return append(json);
  if (json.size() > static_cast<std::size_t>(end_ - out_)) {
    full_ = true;
    end_ = out_;
  } else {
    out_ = detail::write_json_line(json, out_);
  }
}

void JsonWriter::real(double value) {
  if (!std::isfinite(value)) return append("null");
  char digits[kNumberSize];
  const char* end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  const std::string_view written(digits, static_cast<std::size_t>(end - digits));
  append(written);
  if (written.find_first_of(".e") == std::string_view::npos) append(".0");
}

std::size_t JsonWriter::plain_size(const Value& value) {
  return value.has_bytes() ? value.as_text().size() + 2 : kNumberSize;
}

std::size_t JsonWriter::exact_size(const Value& value) {
  return value.type() == ValueType::text ? exact_size(value.as_text()) : plain_size(value);
}

std::size_t JsonWriter::exact_size(std::string_view text) {
  std::size_t size = 2;
  each_piece(text, [&](std::string_view piece) { size += piece.size(); });
  return size;
}

}  // namespace weir::stages::json
