#include "stages/json/writer.h"

#include <cstdint>
#include <cstring>
#include <string>

#include "weir/detail/json_line.h"
#include "weir/detail/json_text.h"

namespace weir::stages::json {
namespace {

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
    if (!detail::is_plain_json(from[i])) return false;
    out[i] = from[i];
  }
  return true;
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
    detail::each_json_piece(
        text, [this](std::string_view piece) { append(piece); },
        [this](unsigned char byte) {
          ++invalid_;
          return kept_ ? std::string(1, static_cast<char>(byte)) : std::string("\xef\xbf\xbd");
        });
  }
  append("\"");
}

void JsonWriter::value(const Value& value) {
  char digits[detail::kJsonNumberSize];
  switch (value.type()) {
    case ValueType::text:
      return string(value.as_text());
    case ValueType::json:
      return raw(value.as_text());
    default:
      return append(detail::json_of(value, digits));
  }
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

std::size_t JsonWriter::plain_size(const Value& value) {
  return value.has_bytes() ? value.as_text().size() + 2 : detail::kJsonNumberSize;
}

std::size_t JsonWriter::exact_size(const Value& value) {
  return value.type() == ValueType::text ? exact_size(value.as_text()) : plain_size(value);
}

std::size_t JsonWriter::exact_size(std::string_view text) {
  std::size_t size = 2;
  detail::each_json_piece(text, [&](std::string_view piece) { size += piece.size(); });
  return size;
}

}  // namespace weir::stages::json
