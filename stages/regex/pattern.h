#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "weir/record.h"

namespace re2 {
class RE2;
}

namespace weir::stages::regex {

/// A pattern that one thread matches with one text after the other. A text in UTF-8 is matched by
/// characters, any other text by bytes: `.` and `\S` then match any byte, and letters beyond ASCII
/// match the bytes that they are written with. RE2 by itself does not match such a text at all.
class Matcher {
 public:
  /// `source` must compile.
  explicit Matcher(std::string source);
  ~Matcher();

  /// Returns the form of the pattern for `text`. Throws Error if the pattern has no form for bytes.
  const re2::RE2& regex_for(std::string_view text);

 private:
  const re2::RE2& bytes();

  std::string source_;
  std::unique_ptr<re2::RE2> characters_;
  std::unique_ptr<re2::RE2> bytes_;  ///< Made when it is first needed.
};

/// Compiles the option `pattern`. Throws OptionError with the place of a mistake in it.
std::unique_ptr<re2::RE2> compile_pattern(const std::string& pattern);

/// Sets `subject` to what a pattern is matched with: the record's text, or a field as text. Returns
/// false if the field is null. Bytes made for it live in the batch.
bool subject_of(Record& record, const Field& field, std::string_view& subject);

}  // namespace weir::stages::regex
