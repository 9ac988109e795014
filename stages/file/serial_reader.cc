#include "stages/file/serial_reader.h"

#include <algorithm>
#include <cstring>
#include <span>
#include <utility>

#include "stages/file/bom.h"
#include "weir/detail/csv_delimiter.h"

namespace weir::stages::file {
namespace {

constexpr std::size_t kChunk = std::size_t{64} * 1024;
constexpr std::size_t kMostRead = 4 * kChunk;

}  // namespace

SerialReader::SerialReader(InputStream stream, std::string path, std::uint32_t part,
                           const Rules& rules)
    : stream_(std::move(stream)),
      path_(std::move(path)),
      part_(part),
      rules_(rules),
      unicode_(rules.text.encoding()),
      text_(rules.text),
      framer_(rules),
      line_(rules.lines ? 1 : 0) {}

bool SerialReader::read(Feed& feed, const Stop& stop, Wanted& wanted) {
  for (;;) {
    give(feed, wanted);
    if (feed.full()) return false;
    if (ended_) return true;
    if (!fill(stop, !wanted.given())) return false;
  }
}

void SerialReader::jump(std::uint64_t position, std::uint64_t line) {
  tail_.take(tail_.size());
  stream_.jump(position);
  position_ = position;
  if (line_ > 0) line_ = line;
  past_bom_ = true;
  framer_.restart();
  framer_ahead_ = false;
  long_ = {};
}

void SerialReader::go_on() {
  stream_.go_on();
  ended_ = false;
  framer_.restart();
  framer_ahead_ = false;
}

bool SerialReader::release() {
  if (long_.skipping || long_.ended || !past_bom_) return false;
  jump(position_, line_);
  tail_.shrink();
  return true;
}

std::optional<Part> SerialReader::take_head(const Stop& stop, bool wait, bool row_end) {
  Part part{path_, {}};
  if (rules_.header) {
    std::optional<std::string> header = take_header(stop, wait);
    if (!header) return std::nullopt;
    part.header = std::move(*header);
  } else if (rules_.find_separator || row_end) {
    const std::optional<std::string> row = first_row(stop, wait);
    if (!row) return std::nullopt;
    if (rules_.find_separator) part.delimiter = detail::csv_delimiter_of(*row, rules_.quote);
  }
  return part;
}

/// Takes off the first record that is no comment and returns it; std::nullopt if it is not there
/// yet.
std::optional<std::string> SerialReader::take_header(const Stop& stop, bool wait) {
  for (;;) {
    Framer::Cut cut;
    if (past_bom() && find(0, cut)) {
      if (cut.size > rules_.max_size) break;
      std::string header(tail_.bytes().substr(0, cut.size));
      take(cut.next);
      if (rules_.is_comment(header)) continue;
      return header_text(std::move(header), text_, path_);
    }
    if (ended_) return std::string();
    if (tail_.size() > rules_.max_size + kChunk) break;
    if (!fill(stop, wait)) return std::nullopt;
  }
  throw Error("too_long", "the header of '" + path_ + "' is longer than " + rules_.max_size_shown);
}

/// Returns the first row that is no comment, or the beginning of one that is very long, and leaves
/// it; std::nullopt if it is not there yet.
std::optional<std::string> SerialReader::first_row(const Stop& stop, bool wait) {
  for (;;) {
    if (past_bom()) {
      std::size_t from = 0;
      std::optional<std::string> row;
      Framer::Cut cut;
      framer_.restart();
      while (!row && find(from, cut)) {
        const std::string_view bytes = tail_.bytes().substr(from, cut.size);
        if (!rules_.is_comment(bytes)) row = bytes;
        from += cut.next;
      }
      framer_.restart();
      if (!row && (ended_ || tail_.size() >= kChunk)) row = tail_.bytes().substr(from);
      if (row) return row;
    }
    if (!fill(stop, wait)) return std::nullopt;
  }
}

/// Reads more. Returns false if there is nothing now.
bool SerialReader::fill(const Stop& stop, bool wait) {
  const std::span<char> room = tail_.room(kChunk);
  const InputStream::Got got =
      unicode_.read(stream_, room.first(std::min(room.size(), kMostRead)), stop, wait);
  if (unicode_.converts() && !text_.utf_16()) text_ = text_.for_utf_16();
  tail_.put(got.size);
  ended_ = got.end;
  return got.size > 0 || got.end;
}

/// Takes off a byte order mark. Returns false while it cannot be told whether there is one.
bool SerialReader::past_bom() {
  if (past_bom_) return true;
  const std::string_view bytes = tail_.bytes();
  if (bytes.size() < kBom.size() && kBom.starts_with(bytes) && !ended_) return false;
  if (bytes.starts_with(kBom)) take(kBom.size());
  past_bom_ = true;
  return true;
}

void SerialReader::take(std::size_t size) {
  if (line_ > 0) {
    line_ += static_cast<std::uint64_t>(std::ranges::count(tail_.bytes().substr(0, size), '\n'));
  }
  tail_.take(size);
  position_ += size;
}

/// Finds the record `from` bytes into the tail. If no delimiter follows, it ends with the input.
bool SerialReader::find(std::size_t from, Framer::Cut& cut) {
  const std::string_view bytes = tail_.bytes().substr(from);
  if (framer_.find(bytes, cut, ended_)) return true;
  const bool whole = rules_.unit == Rules::Unit::file;
  if (!ended_ || (whole ? whole_given_ || from > 0 : (bytes.empty() && !long_.skipping))) {
    return false;
  }
  cut = {bytes.size(), bytes.size()};
  framer_.restart();
  return true;
}

void SerialReader::give(Feed& feed, Wanted& wanted) {
  if (!past_bom()) return;
  while (!feed.full()) {
    if (long_.ended) {
      append_long(feed);
      wanted.took(std::min(long_.excerpt.size(), kExcerpt));
      long_.ended = false;
      continue;
    }
    if (framer_ahead_) framer_.restart();
    framer_ahead_ = false;
    if (!long_.skipping) {
      if (collect(wanted)) continue;
      if (!cuts_.empty()) {
        hand_over(feed, wanted);
        continue;
      }
    }
    if (!meet_long_record()) return;
  }
}

/// Finds the complete records that the batch still wants. If the tail begins with something else,
/// takes that off and returns true.
bool SerialReader::collect(const Wanted& wanted) {
  cuts_.clear();
  std::size_t end = 0;
  Framer::Cut cut;
  const auto room = [&] {
    return cuts_.empty() || (cuts_.size() < wanted.records() && end < wanted.bytes());
  };
  while (room() && find(end, cut)) {
    const bool record = cut.kind == Cut::Kind::record;
    if (!record && cuts_.empty()) {
      meet_no_record(cut);
      return true;
    }
    if (!record || cut.size > rules_.max_size) {
      framer_ahead_ = true;
      break;
    }
    cuts_.push_back(cut);
    end += cut.next;
    if (cut.next == 0) break;  // a whole file that is empty
  }
  return false;
}

/// Takes off bytes that are no record.
void SerialReader::meet_no_record(const Cut& cut) {
  if (cut.kind == Cut::Kind::error) {
    long_ = {false, true, position_, cut.size, line_, {}, framer_.problem()};
    long_.excerpt = tail_.bytes().substr(0, std::min(cut.size, kExcerpt));
  }
  take(cut.next);
  framer_.taken(cut);
}

/// Copies the records at `cuts_` into the batch.
void SerialReader::hand_over(Feed& feed, Wanted& wanted) {
  std::size_t size = 0;
  for (const Framer::Cut& cut : cuts_) size += cut.next;
  const bool ahead = std::exchange(framer_ahead_, true);
  char* line_room = line_ > 0 ? feed.buffer(cuts_.size() * Record::kLineRoom) : nullptr;
  char* at = feed.buffer(size);
  if (size > 0) std::memcpy(at, tail_.bytes().data(), size);
  // Told once, also if memory runs out in between.
  struct Taken {
    ~Taken() {
      if (last) framer.taken(*last);
    }
    Framer& framer;
    const Framer::Cut* last = nullptr;
  } taken{framer_};
  for (const Framer::Cut& cut : cuts_) {
    const std::string_view bytes(at, cut.size);
    if (!text_.as_is() && !text_.good(bytes)) {
      append_converted(feed, part_, position_, bytes, text_, line_);
    } else {
      Record record = feed.adopt(part_, position_, bytes);
      if (line_ > 0) {
        record.set_line(line_, std::exchange(line_room, line_room + Record::kLineRoom));
      }
    }
    wanted.took(cut.size);
    at += cut.next;
    take(cut.next);
    taken.last = &cut;
  }
  whole_given_ = true;
  framer_ahead_ = ahead;
}

/// Skips a record that does not fit, as far as it is there. The tail begins with that record or is
/// inside it. Returns false if more input must come first.
bool SerialReader::meet_long_record() {
  if (framer_ahead_) framer_.restart();
  framer_ahead_ = false;
  Framer::Cut cut;
  if (find(0, cut)) {
    if (!long_.skipping) long_ = {false, false, position_, 0, line_, {}, {}};
    if (cut.kind == Cut::Kind::error) long_.problem = framer_.problem();
    if (long_.excerpt.empty())
      long_.excerpt = tail_.bytes().substr(0, std::min(cut.size, kExcerpt));
    long_.size += cut.size;
    long_.skipping = false;
    long_.ended = true;
    whole_given_ = true;
    take(cut.next);
    framer_.taken(cut);
    return true;
  }
  if (long_.skipping) {
    skip();
    // What follows the text, such as the first bytes of a delimiter, may make it look too long.
  } else if (tail_.size() > std::max(rules_.max_size, kExcerpt) + rules_.margin()) {
    long_ = {true, false, position_, 0, line_, std::string(tail_.bytes().substr(0, kExcerpt)), {}};
    skip();
  }
  return false;
}

void SerialReader::append_long(Feed& feed) {
  if (long_.problem.empty()) {
    append_too_long(feed, part_, long_.position, long_.excerpt, long_.size, rules_, long_.line);
  } else {
    append_failed(feed, part_, long_.position, long_.excerpt, {"json", long_.problem}, long_.line);
  }
}

void SerialReader::skip() {
  const std::size_t size = framer_.droppable();
  take(size);
  framer_.dropped(size);
  long_.size += size;
}

}  // namespace weir::stages::file
