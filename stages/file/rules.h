#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "stages/file/line_pattern.h"
#include "stages/file/text_rules.h"
#include "weir/error.h"
#include "weir/feed.h"

namespace weir::stages::file {

/// The rules by which a file's bytes become records, made from the options of `file.read`.
struct Rules {
  enum class Unit : std::uint8_t { delimited, csv, file, multiline, json, json_array };

  Unit unit = Unit::delimited;
  std::string delimiter = "\n";
  bool cut_cr = true;           ///< True if a \r before the delimiter is no part of the text.
  bool header = false;          ///< csv: true if the first record of each file is its header.
  char separator = 0;           ///< csv: the byte between fields; 0 if it is not known.
  bool find_separator = false;  ///< csv: true if the first row of each file says that byte.
  char quote = '"';             ///< csv: the byte around fields; 0: none, so that rows are lines.
  std::string comment;          ///< csv: what a row that is a comment begins with; empty: none is.
  TextRules text;               ///< How the bytes of a record become text.
  bool lines = false;           ///< True if each record is to know its line.
  std::shared_ptr<LinePattern> pattern;  ///< multiline: what tells records apart.
  std::vector<std::string> path;         ///< json_array: the names that lead to it.
  std::string path_shown;
  std::size_t max_size = 0;    ///< The largest size of a text; longer ones become errors.
  std::string max_size_shown;  ///< As messages show it: "max_record (64KiB)".

  /// Returns whether no row of csv can hold a line break, so that rows are lines unless lone CRs
  /// end them. Nobody counts them.
  bool rows_are_lines() const { return unit == Unit::csv && quote == '\0' && !lines; }
  bool is_comment(std::string_view row) const {
    return !comment.empty() && row.starts_with(comment);
  }
  /// Returns whether a record's end can be found from any place in the file. Its line cannot.
  bool splittable() const {
    if (lines) return false;
    return unit == Unit::file || unit == Unit::multiline ||
           (unit == Unit::delimited && delimiter.size() == 1);
  }
  /// Returns how many bytes more than its text are held, at most, before a record's end is seen.
  std::size_t margin() const {
    if (unit != Unit::multiline) return delimiter.size() + 1;
    const bool end = pattern->role() == LinePattern::Role::end;
    return end ? 2 : LinePattern::kUsualLine + 4;
  }
};

/// The bytes of a record that is too long which are kept as its text.
constexpr std::size_t kExcerpt = 1024;

/// Appends a record with an error, whose text is `excerpt`, in `line` if that is counted. If memory
/// runs out, nothing is appended.
void append_failed(Feed& feed, std::uint32_t part, std::uint64_t position, std::string_view excerpt,
                   const Error& error, std::uint64_t line = 0);
/// Appends a record of `bytes`, which are not text as they are: what they become by `rules`, or an
/// error of kind `encoding`. If memory runs out, nothing is appended.
void append_converted(Feed& feed, std::uint32_t part, std::uint64_t position,
                      std::string_view bytes, const TextRules& rules, std::uint64_t line = 0);
/// Appends a record of `bytes`, a slice of `feed.buffer`.
inline void append_text(Feed& feed, std::uint32_t part, std::uint64_t position,
                        std::string_view bytes, const TextRules& rules) {
  if (rules.as_is() || rules.good(bytes)) {
    feed.adopt(part, position, bytes);
  } else {
    append_converted(feed, part, position, bytes, rules);
  }
}
/// Appends the error record of a text of `size` bytes that begins with `excerpt`, as above.
void append_too_long(Feed& feed, std::uint32_t part, std::uint64_t position,
                     std::string_view excerpt, std::uint64_t size, const Rules& rules,
                     std::uint64_t line = 0);

}  // namespace weir::stages::file
