#include "stages/json/structurals.h"

#include <simdjson.h>

#include <new>

#include "weir/error.h"

namespace weir::stages::json {
namespace {

// The index takes four bytes for each byte of text, so what a giant record needed is given back
// after it.
constexpr std::size_t kSmall = 64 * 1024;
constexpr std::size_t kKept = 1024 * 1024;

}  // namespace

Structurals::Structurals() { resize(kSmall); }
Structurals::~Structurals() = default;

void Structurals::resize(std::size_t capacity) {
  parser_.reset();
  if (simdjson::get_active_implementation()->create_dom_parser_implementation(capacity, 1,
                                                                              parser_)) {
    parser_.reset();
    throw Error("json", "the text is too large to be indexed", false);
  }
}

Structurals::Status Structurals::find(std::string_view text) {
  if (!parser_ || text.size() > parser_->capacity()) {
    resize(text.size());
  } else if (parser_->capacity() > kKept && text.size() <= kSmall) {
    resize(kSmall);
  }
  begin_ = end_ = nullptr;
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
  switch (parser_->stage1(bytes, text.size(), simdjson::stage1_mode::regular)) {
    case simdjson::SUCCESS:
      break;
    case simdjson::EMPTY:
      return Status::empty;
    case simdjson::UTF8_ERROR:
      return Status::bad_utf8;
    case simdjson::UNESCAPED_CHARS:
      return Status::control_character;
    case simdjson::UNCLOSED_STRING:
      return Status::open_string;
    default:
      throw Error("json", "the text cannot be indexed", false);
  }
  begin_ = parser_->structural_indexes.get();
  end_ = begin_ + parser_->n_structural_indexes;
  // The index has room for several more entries.
  parser_->structural_indexes[parser_->n_structural_indexes] =
      static_cast<std::uint32_t>(text.size());
  return Status::good;
}

}  // namespace weir::stages::json
