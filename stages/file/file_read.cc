#include "stages/file/file_read.h"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <limits>

#include "stages/file/bom.h"
#include "stages/file/frame_cut.h"

namespace weir::stages::file {
namespace {

/// Among several files, one that is smaller than this is read with its neighbours: a range of its
/// own for each would make batches of a few records.
constexpr std::uint64_t kWorthSplitting = std::uint64_t{16} * 1024;

/// The start of a file: compressed, with a byte order mark, or neither.
struct Start {
  bool compressed = false;
  bool utf_16 = false;    ///< True if it has a mark of UTF-16.
  std::uint64_t bom = 0;  ///< The size of a mark of UTF-8.
};

Start look_at_start(const Fd& fd, const Input& input) {
  const Detected kind = kind_of(fd, input);
  char bytes[3];
  const ssize_t n = pread_all(fd.get(), bytes, sizeof bytes, input.first);
  const std::string_view start(bytes, static_cast<std::size_t>(std::max<ssize_t>(n, 0)));
  const bool utf_16 = start.starts_with("\xff\xfe") || start.starts_with("\xfe\xff");
  return {kind.codec != Codec::none || kind.foreign, utf_16, start == kBom ? kBom.size() : 0};
}

/// Returns a second descriptor of the same file.
Fd another(const Fd& fd, const std::string& path) {
  Fd second(::fcntl(fd.get(), F_DUPFD_CLOEXEC, 0));
  if (!second.valid()) throw io_error("read", path, errno);
  return second;
}

}  // namespace

FileRead::FileRead(const FileReadOptions& options)
    : options_(options), rules_(rules_of(options)), exclusions_(options.exclude) {}

std::vector<FileUse> FileRead::files() const {
  std::vector<FileUse> uses;
  if (options_.follow) return Follower::files(options_.path, exclusions_);
  for (const Input& input : find_inputs(options_.path, exclusions_)) {
    if (!input.problem.empty()) continue;
    uses.push_back({FileUse::Way::reads, input.path, input.descriptor, input.named});
  }
  return uses;
}

void FileRead::open(Context& context) {
  const Bytes limit{context.record_limit()};
  const Bytes max_size = std::min(options_.max_record.value_or(limit), limit);
  rules_.max_size = max_size.value;
  rules_.max_size_shown = (max_size < limit ? "max_record (" : "limits.record (") +
                          OptionType<Bytes>::show(max_size) + ")";
  threads_ = context.threads();
  if (options_.follow) {
    follower_ = std::make_unique<Follower>(following_of(options_), exclusions_, rules_, decoders_);
    return follower_->open(context);
  }
  inputs_ = find_inputs(options_.path, exclusions_);
  splits_ = std::vector<SplitFile>(inputs_.size());
}

void FileRead::close() {
  serial_.reset();
  follower_.reset();
  ahead_.reset();
  for (SplitFile& file : splits_) file.close();
}

bool FileRead::blocking() const {
  if (options_.follow) return true;
  return std::any_of(inputs_.begin(), inputs_.end(), [](const Input& i) { return !i.regular; });
}

std::optional<std::uint64_t> FileRead::size() const {
  if (blocking()) return std::nullopt;
  std::uint64_t sum = 0;
  for (const Input& input : inputs_) sum += input.end - std::min(input.first, input.end);
  return sum;
}

bool FileRead::read(Feed& feed, Stop stop) {
  if (follower_) {
    follower_->read(feed, stop);
    return true;
  }
  Wanted wanted(feed);
  while (current_ < inputs_.size()) {
    if (!splitting_ && !serial_ && !start_input(feed, wanted)) {
      if (feed.full()) return true;
      continue;
    }
    if (splitting_) {
      if (!wanted.given()) hand_out(feed);
      return current_ < inputs_.size();
    }
    if (!begun_ && !begin_serial(feed, stop, !wanted.given())) return true;
    if (splitting_) continue;
    if (!serial_->read(feed, stop, wanted)) return true;
    next_input();
  }
  return false;
}

/// Opens the current input. One that cannot be read becomes an error record, and is passed: what
/// the others hold does not depend on it. Returns false then, and if the batch is full.
bool FileRead::start_input(Feed& feed, Wanted& wanted) {
  std::string problem = inputs_[current_].problem;
  try {
    if (problem.empty()) {
      open_current();
      return true;
    }
  } catch (const Error& e) {
    problem = e.what();
  }
  if (feed.full()) return false;
  if (!begun_) feed.begin_part({inputs_[current_].path, {}});
  begun_ = true;
  append_failed(feed, static_cast<std::uint32_t>(current_), 0, {}, {"io", problem, false});
  wanted.took(0);
  next_input();
  return false;
}

void FileRead::open_current() {
  if (ahead_ && start_decoded()) return;
  Input& input = inputs_[current_];
  Fd fd = open_input(input);
  if (!ahead_) {
    decode_ahead(fd, input);
    if (ahead_ && start_decoded()) return;
  }
  const auto part = static_cast<std::uint32_t>(current_);
  const bool worth = inputs_.size() == 1 || input.end - input.first >= kWorthSplitting;
  const bool divisible = rules_.splittable() || rules_.rows_are_lines();
  if (input.regular && divisible && input.end > input.first && worth) {
    const Start start = look_at_start(fd, input);
    const std::uint64_t first = input.first + start.bom;
    const bool plain = !start.compressed || options_.compression == Decompression::none;
    const bool utf_16 =
        rules_.text.utf_16() || (start.utf_16 && rules_.text.encoding() == Encoding::automatic);
    if (plain && !utf_16 && rules_.rows_are_lines()) lines_ = another(fd, input.path);
    splitting_ = plain && !utf_16 && first < input.end && rules_.splittable();
    if (splitting_) {
      splits_[current_].start(std::move(fd), input.path, part, first, input.end);
      return;
    }
  }
  InputStream::Options options;
  options.waits = !input.regular;
  options.any_bytes = rules_.unit == Rules::Unit::file;
  options.plain = options_.compression == Decompression::none;
  options.memory = decoders_;
  options.threads = threads_;
  serial_.emplace(InputStream(std::move(fd), input.path, options), input.path, part, rules_);
}

/// Begins to decode ahead at the first compressed file.
void FileRead::decode_ahead(const Fd& fd, const Input& input) {
  if (ahead_ || options_.compression != Decompression::automatic || threads_ == 1) return;
  if (!input.regular || input.descriptor) return;
  const Codec codec = kind_of(fd, input).codec;
  if (codec == Codec::none) return;
  const bool single =
      current_ + 1 == inputs_.size() && part_end(fd, codec, 0, input.end) == input.end;
  ahead_ =
      std::make_unique<DecodeAhead>(inputs_, DecodeAhead::Options{decoders_, threads_, single});
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
  std::optional<Part> part = serial_->take_head(stop, wait, lines_.valid());
  if (!part) return false;
  begun_ = true;
  feed.begin_part(std::move(*part));
  split_lines();
  return true;
}

/// Goes on in ranges behind the header, if the rows turn out to be lines.
void FileRead::split_lines() {
  const Input& input = inputs_[current_];
  const std::uint64_t first = input.first + serial_->position();
  if (!lines_.valid() || !serial_->ends_with_line_feeds() || first >= input.end) return;
  splits_[current_].start(std::move(lines_), input.path, static_cast<std::uint32_t>(current_),
                          first, input.end);
  splitting_ = true;
  serial_.reset();
}

void FileRead::next_input() {
  splitting_ = false;
  serial_.reset();
  lines_.reset();
  begun_ = false;
  ++current_;
}

void FileRead::load(Split& split, Feed& feed) const {
  splits_[split.part].load(split, feed, rules_);
}

}  // namespace weir::stages::file
