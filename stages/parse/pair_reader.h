#pragma once

#include <string>
#include <string_view>

#include "weir/record.h"

namespace weir::stages::parse {

/// How keys and values stand in a text.
struct PairRules {
  std::string_view kind;        ///< The kind of errors.
  std::string separator = " ";  ///< Between pairs; blanks: any blanks.
  std::string assign = "=";     ///< Between a key and its value.
  char quote = '"';             ///< Around values; 0: none.

  bool blanks() const { return separator == " "; }
};

/// Reads the pairs of a text one by one. A value in quotes may hold separators; `\"`, `\\`, `\n`,
/// `\r`, `\t` and `\u00e9` stand in it for what they mean in JSON, and any other backslash for
/// itself.
class PairReader {
 public:
  struct Pair {
    std::string_view key;
    std::string_view value;
    bool bare = false;  ///< True for a key without a value.
  };

  /// Borrows the rules; makes values in the record's batch.
  PairReader(const PairRules& rules, std::string_view text, Record& record)
      : rules_(rules), left_(text), record_(record) {}

  /// Returns false after the last pair. Throws Error.
  bool next(Pair& pair);

 private:
  void skip_separators();
  std::size_t separator_in(std::string_view text) const;
  std::string_view quoted(std::string_view key);
  std::string_view bare();
  [[noreturn]] void fail(const std::string& message) const;

  const PairRules& rules_;
  std::string_view left_;
  Record& record_;
};

}  // namespace weir::stages::parse
