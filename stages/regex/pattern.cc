#include "stages/regex/pattern.h"

#include <re2/re2.h>

#include <charconv>
#include <utility>

#include "weir/detail/utf8.h"
#include "weir/error.h"

namespace weir::stages::regex {

std::unique_ptr<re2::RE2> compile_pattern(const std::string& pattern) {
  RE2::Options options;
  options.set_log_errors(false);
  auto regex = std::make_unique<RE2>(pattern, options);
  if (regex->ok()) return regex;
  std::size_t offset = OptionError::kWhole;
  if (!regex->error_arg().empty()) {
    const std::size_t found = pattern.find(regex->error_arg());
    if (found != std::string::npos) offset = found;
  }
  throw OptionError("pattern", "expected a regular expression: " + regex->error(), offset);
}

Matcher::Matcher(std::string source)
    : source_(std::move(source)), characters_(compile_pattern(source_)) {}
Matcher::~Matcher() = default;

const re2::RE2& Matcher::regex_for(std::string_view text) {
  return detail::is_utf8(text) ? *characters_ : bytes();
}

const re2::RE2& Matcher::bytes() {
  if (!bytes_) {
    RE2::Options options;
    options.set_log_errors(false);
    options.set_encoding(RE2::Options::EncodingLatin1);
    bytes_ = std::make_unique<RE2>(source_, options);
  }
  if (!bytes_->ok()) throw Error("regex", "the pattern needs UTF-8, and the text is none", false);
  return *bytes_;
}

bool subject_of(Record& record, const Field& field, std::string_view& subject) {
  if (field.empty()) {
    subject = record.text();
    return true;
  }
  const Value value = record.get(field);
  if (value.is_null()) return false;
  if (value.has_bytes()) {
    subject = value.as_text();
    return true;
  }
  if (value.type() == ValueType::boolean) {
    subject = value.as_bool() ? "true" : "false";
    return true;
  }
  constexpr std::size_t kRoom = 32;
  char* made = record.allocate(kRoom);
  char* end = value.type() == ValueType::integer
                  ? std::to_chars(made, made + kRoom, value.as_integer()).ptr
                  : std::to_chars(made, made + kRoom, value.as_real()).ptr;
  record.trim(end);
  subject = {made, static_cast<std::size_t>(end - made)};
  return true;
}

}  // namespace weir::stages::regex
