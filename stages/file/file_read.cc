#include "stages/file/file_read.h"

#include <algorithm>
#include <cerrno>
#include <limits>

#include "stages/file/path_check.h"

namespace weir::stages::file {
namespace {

/// Among several files, one that is smaller than this is read with its neighbours: a range of its
/// own for each would make batches of a few records.
constexpr std::uint64_t kWorthSplitting = std::uint64_t{16} * 1024;

Rules::Unit unit_of(FramingChoice framing) {
  switch (framing) {
    case FramingChoice::csv:
      return Rules::Unit::csv;
    case FramingChoice::file:
      return Rules::Unit::file;
    case FramingChoice::automatic:
    case FramingChoice::lines:
      break;
  }
  return Rules::Unit::delimited;
}

/// The start of a file: compressed, with a byte order mark, or neither.
struct Start {
  bool compressed = false;
  std::uint64_t bom = 0;
};

Start look_at_start(const Fd& fd, const Input& input) {
  const Detected kind = kind_of(fd, input);
  char bytes[3];
  const ssize_t n = pread_all(fd.get(), bytes, sizeof bytes, input.first);
  const bool bom = n == 3 && std::string_view(bytes, 3) == "\xef\xbb\xbf";
  return {kind.codec != Codec::none || kind.foreign, bom ? 3u : 0u};
}

}  // namespace

void set_framing(FileReadOptions& options, const Framing& wanted) {
  if (options.framing == FramingChoice::automatic && !options.delimiter) {
    switch (wanted.unit) {
      case Framing::Unit::csv:
        options.framing = FramingChoice::csv;
        break;
      case Framing::Unit::file:
        options.framing = FramingChoice::file;
        break;
      case Framing::Unit::any:
      case Framing::Unit::lines:
        options.framing = FramingChoice::lines;
        break;
    }
  }
  if (options.framing == FramingChoice::csv && wanted.unit == Framing::Unit::csv) {
    if (!options.header) options.header = wanted.header;
    options.separator = wanted.delimiter;
  }
}

std::optional<std::vector<FileReadOptions>> split_streams(const FileReadOptions& options) {
  if (options.streams == Streams::one) return std::nullopt;
  std::vector<FileReadOptions> streams;
  try {
    for (const Input& input : find_inputs(options.path)) {
      streams.push_back(options);
      streams.back().path = {input.path};
      streams.back().streams = Streams::one;
    }
  } catch (const Error&) {
    streams.clear();
  }
  return streams;
}

FileRead::FileRead(const FileReadOptions& options) : options_(options) {
  if (options.path.empty()) throw OptionError("path", "expected at least one path, got none");
  for (const std::string& path : options.path) check_input_path(path);
  rules_.unit = unit_of(options.framing);
  rules_.header = options.header.value_or(false);
  rules_.separator = options.separator;
  if (rules_.header && rules_.unit != Rules::Unit::csv) {
    throw OptionError("header", "a header needs 'framing: csv'");
  }
  if (!options.delimiter) return;
  if (options.framing == FramingChoice::csv || options.framing == FramingChoice::file) {
    throw OptionError("delimiter", "a delimiter needs 'framing: lines'");
  }
  if (options.delimiter->empty()) {
    throw OptionError("delimiter", "expected at least one byte, got empty text");
  }
  rules_.delimiter = *options.delimiter;
  rules_.cut_cr = false;
}

std::vector<FileUse> FileRead::files() const {
  std::vector<FileUse> uses;
  for (const Input& input : find_inputs(options_.path)) {
    uses.push_back({FileUse::Way::reads, input.path, input.descriptor, input.named});
  }
  return uses;
}

void FileRead::open(Context& context) {
  const Bytes limit{context.record_limit()};
  const Bytes max_size = std::min(options_.max_line.value_or(limit), limit);
  rules_.max_size = max_size.value;
  rules_.max_size_shown = (max_size < limit ? "max_line (" : "limits.record (") +
                          OptionType<Bytes>::show(max_size) + ")";
  threads_ = context.threads();
  inputs_ = find_inputs(options_.path);
  splits_ = std::vector<SplitFile>(inputs_.size());
}

void FileRead::close() {
  serial_.reset();
  ahead_.reset();
  for (SplitFile& file : splits_) file.close();
}

bool FileRead::blocking() const {
  return std::any_of(inputs_.begin(), inputs_.end(), [](const Input& i) { return !i.regular; });
}

std::optional<std::uint64_t> FileRead::size() const {
  if (blocking()) return std::nullopt;
  std::uint64_t sum = 0;
  for (const Input& input : inputs_) sum += input.end - std::min(input.first, input.end);
  return sum;
}

bool FileRead::read(Feed& feed, Stop stop) {
  Wanted wanted(feed);
  while (current_ < inputs_.size()) {
    if (!splitting_ && !serial_) start_input();
    if (splitting_) {
      if (!wanted.given()) hand_out(feed);
      return current_ < inputs_.size();
    }
    if (!begun_ && !begin_serial(feed, stop, !wanted.given())) return true;
    if (!serial_->read(feed, stop, wanted)) return true;
    next_input();
  }
  return false;
}

void FileRead::start_input() {
  if (ahead_ && start_decoded()) return;
  Input& input = inputs_[current_];
  Fd fd = open_input(input);
  if (may_decode_ahead(fd, input)) {
    ahead_ = std::make_unique<DecodeAhead>(inputs_, DecodeAhead::Options{decoders_, threads_});
    if (start_decoded()) return;
  }
  const auto part = static_cast<std::uint32_t>(current_);
  const bool worth = inputs_.size() == 1 || input.end - input.first >= kWorthSplitting;
  if (input.regular && rules_.splittable() && input.end > input.first && worth) {
    const Start start = look_at_start(fd, input);
    const std::uint64_t first = input.first + start.bom;
    const bool plain = !start.compressed || options_.compression == Decompression::none;
    splitting_ = plain && first < input.end;
    if (splitting_) {
      splits_[current_].start(std::move(fd), input.path, part, first, input.end);
      return;
    }
  }
  const InputStream::Options options{!input.regular, rules_.unit == Rules::Unit::file,
                                     options_.compression == Decompression::none, decoders_,
                                     threads_};
  serial_.emplace(InputStream(std::move(fd), input.path, options), input.path, part, rules_);
}

/// Returns whether this is the first compressed file, and others follow.
bool FileRead::may_decode_ahead(const Fd& fd, const Input& input) const {
  return !ahead_ && options_.compression == Decompression::automatic && threads_ > 1 &&
         current_ + 1 < inputs_.size() && input.regular && !input.descriptor &&
         kind_of(fd, input).codec != Codec::none;
}

/// Begins with the current input if it is decoded ahead.
bool FileRead::start_decoded() {
  std::unique_ptr<DecodedBytes> decoded = ahead_->open(current_);
  if (!decoded) return false;
  const std::string& path = inputs_[current_].path;
  serial_.emplace(InputStream(std::move(decoded), path), path, static_cast<std::uint32_t>(current_),
                  rules_);
  return true;
}

void FileRead::hand_out(Feed& feed) {
  if (!begun_) feed.begin_part({inputs_[current_].path, {}});
  begun_ = true;
  SplitFile& file = splits_[current_];
  const bool whole = rules_.unit == Rules::Unit::file;
  feed.hand_out(file.cut(whole ? std::numeric_limits<std::uint64_t>::max() : feed.want_bytes()));
  if (file.all_cut()) next_input();
}

/// Names the part to the feed. Returns false while its header is not there yet.
bool FileRead::begin_serial(Feed& feed, const Stop& stop, bool wait) {
  std::string header;
  if (rules_.header) {
    std::optional<std::string> taken = serial_->take_header(stop, wait);
    if (!taken) return false;
    header = std::move(*taken);
  }
  begun_ = true;
  feed.begin_part({inputs_[current_].path, std::move(header)});
  return true;
}

void FileRead::next_input() {
  splitting_ = false;
  serial_.reset();
  begun_ = false;
  ++current_;
}

void FileRead::load(Split& split, Feed& feed) const {
  splits_[split.part].load(split, feed, rules_);
}

}  // namespace weir::stages::file
