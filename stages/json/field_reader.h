#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "stages/json/keys.h"
#include "stages/json/structurals.h"
#include "weir/result.h"

namespace weir::stages::json {

/// Reads a JSON text into a record's fields. It is our own second stage over simdjson's structural
/// index. Everything is checked, nested values too. Names and strings without escapes are views of
/// the text, others are unescaped into the batch; nested values are raw slices. Of members with the
/// same name the last one wins, in the place of the first.
class FieldReader {
 public:
  enum class Outcome : std::uint8_t { good, blank, failed };
  struct Way {
    const ResultPlace* place = nullptr;
    bool flatten = false;  ///< Members of members become fields, too, unless one gets all.
  };

  /// Puts what `json`, which lives in the record's batch, holds where `way` says: an object's
  /// members, or any value into one field. `mistake()` says what is wrong if that fails, or if the
  /// text is blank; the record is as it was then.
  Outcome read(Record& record, std::string_view json, const Way& way);
  const std::string& mistake() const { return message_; }

 private:
  /// A position in the structural index. Functions take the position to begin at, and return the
  /// one after what they have read, or null after a mistake. Rejected: a position in a member,
  /// since it would go through memory each time.
  using Place = const std::uint32_t*;

  /// The deepest nesting that is no error, as in simdjson.
  static constexpr int kMaxDepth = 1024;

  /// The deepest nesting that is flattened.
  static constexpr int kMaxFlat = 64;

  bool check_index(Structurals::Status status);
  bool read_object(Place at);
  bool read_flat(Place at);
  bool fail_no_object(Place at);
  bool read_whole(Place at, const ResultPlace& place);
  Place read_member(Place at);
  Place read_value(Place at, Value& out);
  Place read_nested(Place at, Value& out);
  Place read_string(Place at, std::string_view& out);
  Place unescape(std::string_view inside, Place after, std::string_view& out);
  Place skip_value(Place at, int depth);
  Place skip_object(Place at, int depth);
  Place skip_array(Place at, int depth);
  Place skip_string(Place at);
  /// `read_value` and `read_string` for the other file, so that this one inlines them.
  Place read_leaf(Place at, Value& out);
  Place read_name(Place at, std::string_view& out);
  Place read_flat(Place at, std::size_t name_size, int depth);
  Place read_flat_object(Place at, std::size_t name_size, int depth);
  Place read_flat_array(Place at, std::size_t name_size, int depth);
  void store(Record& record, const Way& way);

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
  std::string path_;  ///< The name of what is being flattened.
  detail::PrefixedNames names_;
  detail::MemberTable fields_;

  Record* record_ = nullptr;
  const char* text_ = nullptr;
  std::size_t size_ = 0;
  bool escapes_ = false;  ///< True if the text has a backslash anywhere.
  Place end_ = nullptr;
  std::string message_;
};

}  // namespace weir::stages::json
