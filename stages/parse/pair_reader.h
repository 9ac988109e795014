#pragma once

#include <array>
#include <cstdint>
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

/// Finds where the parts of a pair end, a byte at a time: parts are short.
class PairEnds {
 public:
  /// Borrows the rules.
  explicit PairEnds(const PairRules& rules);

  /// Returns where the next separator begins; the text's size if there is none.
  std::size_t separator_in(std::string_view text) const;
  /// Returns where the key ends: at `assign`, and `bare` is false, or at a separator.
  std::size_t key_in(std::string_view text, bool& bare) const;

 private:
  /// What may begin with a byte.
  enum Begins : std::uint8_t { kNothing = 0, kSeparator = 1, kAssign = 2 };

  bool separator_at(std::string_view text, std::size_t at) const;
  bool assign_at(std::string_view text, std::size_t at) const;

  const PairRules& rules_;
  std::array<std::uint8_t, 256> begins_{};
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

  /// Borrows the rules and the ends; makes values in the record's batch.
  PairReader(const PairRules& rules, const PairEnds& ends, std::string_view text, Record& record)
      : rules_(rules), ends_(ends), left_(text), record_(record) {}

  /// Returns false after the last pair. Throws Error.
  bool next(Pair& pair);

 private:
  void skip_separators();
  std::string_view quoted(std::string_view key);
  std::string_view bare();
  [[noreturn]] void fail(const std::string& message) const;

  const PairRules& rules_;
  const PairEnds& ends_;
  std::string_view left_;
  Record& record_;
};

}  // namespace weir::stages::parse
