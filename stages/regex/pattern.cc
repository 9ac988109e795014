#include "stages/regex/pattern.h"

#include <re2/re2.h>

#include <charconv>

#include "weir/error.h"

namespace weir {

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

}  // namespace weir
