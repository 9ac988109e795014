#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stages/file/framer.h"
#include "stages/file/input_stream.h"
#include "stages/file/rules.h"
#include "stages/file/tail.h"
#include "stages/file/utf16_reader.h"
#include "weir/feed.h"

namespace weir::stages::file {

/// The records and bytes that a batch still wants, counted by its source.
class Wanted {
 public:
  explicit Wanted(const Feed& feed) : records_(feed.want_records()), bytes_(feed.want_bytes()) {}
  void took(std::uint64_t bytes) {
    given_ = true;
    records_ -= records_ > 0 ? 1 : 0;
    bytes_ -= bytes < bytes_ ? bytes : bytes_;
  }
  bool given() const { return given_; }
  std::uint64_t records() const { return records_; }
  std::uint64_t bytes() const { return bytes_; }

 private:
  bool given_ = false;
  std::uint64_t records_;
  std::uint64_t bytes_;
};

/// Reads what cannot be handed out in ranges: pipes, compressed files, csv, delimiters of several
/// bytes. It holds at most one incomplete record, of at most `max_size` bytes; of a longer one it
/// holds only the beginning.
///
/// If the batch's memory runs out (an exception that passes through), everything not yet appended
/// stays for the next call.
class SerialReader {
 public:
  SerialReader(InputStream stream, std::string path, std::uint32_t part, const Rules& rules);

  /// Takes off the header, if there is one, and returns what it or the first row says of the part;
  /// std::nullopt if that is not there yet. `row_end`: so that `ends_with_line_feeds` says how rows
  /// end.
  std::optional<Part> take_head(const Stop& stop, bool wait, bool row_end);
  /// Returns where the next record begins, in bytes from the beginning of the input.
  std::uint64_t position() const { return position_; }
  /// Returns whether the first row has ended, and its end means that each row is a line.
  bool ends_with_line_feeds() const { return framer_.ends_with_line_feeds(); }

  /// Appends what is there until the feed is full. Returns true if that was all of this input.
  bool read(Feed& feed, const Stop& stop, Wanted& wanted);

  // For a file that grows.

  InputStream& stream() { return stream_; }
  /// Says which part of the source the records are.
  void set_part(std::uint32_t part) { part_ = part; }
  /// Goes on at a record that begins at `position`, in line `line` if lines are counted.
  void jump(std::uint64_t position, std::uint64_t line);
  /// The line of the byte at which it stands; 0 if lines are not counted.
  std::uint64_t line() const { return line_; }
  /// Returns how many bytes of a record that is not whole yet are held.
  std::size_t held() const { return tail_.size(); }
  /// Returns whether these are whole lines.
  bool holds_lines() const { return held() > 0 && tail_.bytes().back() == '\n'; }
  /// Goes on behind an end that was none: what was held has become a record.
  void go_on();
  /// Keeps no more room than for these.
  void shrink() { tail_.shrink(); }
  /// Forgets the bytes that are held, to read them again when more has come. Returns false where
  /// that cannot be.
  bool release();

 private:
  /// A record that is longer than `max_size`, or that is none.
  struct LongRecord {
    bool skipping = false;  ///< True until its end was seen.
    bool ended = false;     ///< True if it must be appended before anything else.
    std::uint64_t position = 0;
    std::uint64_t size = 0;  ///< The bytes that were skipped.
    std::uint64_t line = 0;
    std::string excerpt;
    std::string problem;  ///< What is wrong with it beside its size.
  };

  std::optional<std::string> take_header(const Stop& stop, bool wait);
  std::optional<std::string> first_row(const Stop& stop, bool wait);
  bool fill(const Stop& stop, bool wait);
  bool past_bom();
  bool find(std::size_t from, Framer::Cut& cut);
  void give(Feed& feed, Wanted& wanted);
  bool collect(const Wanted& wanted);
  void meet_no_record(const Cut& cut);
  void hand_over(Feed& feed, Wanted& wanted);
  bool meet_long_record();
  void take(std::size_t size);
  void append_long(Feed& feed);
  void skip();

  InputStream stream_;
  std::string path_;
  std::uint32_t part_;
  const Rules& rules_;
  Utf16Reader unicode_;  ///< Reads `stream_`.
  TextRules text_;       ///< Those of `rules_`, as far as it is known what the file is.
  Framer framer_;
  Tail tail_;
  std::uint64_t position_ = 0;  ///< The position of the tail's first byte.
  std::uint64_t line_;          ///< The line of that byte; 0 if lines are not counted.
  bool ended_ = false;          ///< True if the tail is all that is left.
  bool past_bom_ = false;
  bool whole_given_ = false;  ///< Unit file: true once its one record was appended.
  /// True if the framer has passed records that are still in the tail.
  bool framer_ahead_ = false;
  std::vector<Framer::Cut> cuts_;
  LongRecord long_;
};

}  // namespace weir::stages::file
