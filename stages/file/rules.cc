#include "stages/file/rules.h"

#include <algorithm>
#include <cstring>

namespace weir::stages::file {
namespace {

std::string too_long(std::uint64_t size, const Rules& rules) {
  std::string bytes =
      "a record of " + std::to_string(size) + " bytes, longer than " + rules.max_size_shown;
  if (rules.unit != Rules::Unit::multiline) return bytes;
  switch (rules.pattern->role()) {
    case LinePattern::Role::begin:
      return "no line matched 'begin' in " + bytes;
    case LinePattern::Role::continues:
      return "every line matched 'continue' in " + bytes;
    case LinePattern::Role::end:
      return "no line matched 'end' in " + bytes;
  }
  return bytes;
}

}  // namespace

void append_failed(Feed& feed, std::uint32_t part, std::uint64_t position, std::string_view excerpt,
                   const Error& error, std::uint64_t line) {
  // Room for the error is taken together with the text and given back for `fail` to use. Once the
  // record is in the batch nothing may throw, or it would be read twice.
  constexpr std::size_t kErrorRoom = 2048;
  excerpt = excerpt.substr(0, std::min(kExcerpt, feed.record_limit()));
  char* const line_room = line > 0 ? feed.buffer(Record::kLineRoom) : nullptr;
  char* text = feed.buffer(excerpt.size() + kErrorRoom);
  if (!excerpt.empty()) std::memcpy(text, excerpt.data(), excerpt.size());
  Record record = feed.adopt(part, position, {text, excerpt.size()});
  if (line > 0) record.set_line(line, line_room);
  record.trim(text + excerpt.size());
  record.arena().set_budget(kErrorRoom);
  record.fail(error.kind(), error.what(), error.retryable());
}

void append_converted(Feed& feed, std::uint32_t part, std::uint64_t position,
                      std::string_view bytes, const TextRules& rules, std::uint64_t line) {
  const std::optional<std::size_t> size = rules.text_size(bytes);
  if (!size) {
    return append_failed(feed, part, position, bytes, {"encoding", rules.error(bytes), false},
                         line);
  }
  char* const line_room = line > 0 ? feed.buffer(Record::kLineRoom) : nullptr;
  char* const text = feed.buffer(*size);
  rules.write(bytes, text);
  Record record = feed.adopt(part, position, {text, *size});
  if (line > 0) record.set_line(line, line_room);
}

void append_too_long(Feed& feed, std::uint32_t part, std::uint64_t position,
                     std::string_view excerpt, std::uint64_t size, const Rules& rules,
                     std::uint64_t line) {
  append_failed(feed, part, position, excerpt, {"too_long", too_long(size, rules)}, line);
}

}  // namespace weir::stages::file
