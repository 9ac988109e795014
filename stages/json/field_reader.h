#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "stages/json/keys.h"
#include "stages/json/structurals.h"
#include "weir/record.h"

namespace weir::stages::json {

/// Reads the JSON object in a record's text into its fields. It is our own second stage over
/// simdjson's structural index. Everything is checked, nested values too. Names and strings without
/// escapes are views of the text, others are unescaped into the batch; nested values are raw
/// slices. Of members with the same name the last one wins, in the place of the first.
class FieldReader {
 public:
  /// Replaces the record's fields, or fails the record with kind `json` and leaves its fields. With
  /// `drop_blank`, a record with nothing in its text is dropped instead.
  void read(Record& record, bool drop_blank = false);

 private:
  /// A position in the structural index. Functions take the position to begin at, and return the
  /// one after what they have read, or null after a mistake. Rejected: a position in a member,
  /// since it would go through memory each time.
  using Place = const std::uint32_t*;

  /// The deepest nesting that is no error, as in simdjson.
  static constexpr int kMaxDepth = 1024;

  bool check_index(Structurals::Status status);
  bool read_object(Place at);
  Place read_member(Place at);
  Place read_value(Place at, Value& out);
  Place read_nested(Place at, Value& out);
  Place read_string(Place at, std::string_view& out);
  Place unescape(std::string_view inside, Place after, std::string_view& out);
  Place skip_value(Place at, int depth);
  Place skip_object(Place at, int depth);
  Place skip_array(Place at, int depth);
  Place skip_string(Place at);
  void store(Record& record);

  /// Returns the byte at `at`; NUL at the end.
  char peek(Place at) const { return at == end_ ? '\0' : text_[*at]; }
  std::string_view token(Place at) const;
  Place take(Place at, char wanted, const char* expected) {
    return peek(at) == wanted ? at + 1 : fail_at(at, expected);
  }
  /// Sets the message to "expected X, got Y at byte N" and returns null.
  Place fail_at(Place at, const char* expected);
  Place fail(std::string message, std::size_t offset);

  Structurals structurals_;
  Keys keys_;
  std::vector<detail::FieldSlot> slots_;
  std::vector<char> ignored_;

  Record* record_ = nullptr;
  const char* text_ = nullptr;
  bool escapes_ = false;  ///< True if the text has a backslash anywhere.
  Place end_ = nullptr;
  std::string message_;
};

}  // namespace weir::stages::json
