#include "stages/file/keyed_files.h"

#include <sys/resource.h>

#include <algorithm>

namespace weir::stages::file {
namespace {

/// The bytes that a batch has for each file that are worth a write.
constexpr std::size_t kEnough = std::size_t{16} * 1024;
/// What may be gathered, at most and as a part of all memory.
constexpr std::size_t kMostGathered = std::size_t{16} << 20;
constexpr std::size_t kGatheredPart = 8;
/// Behind such a pause records come slowly, and are written at once.
constexpr auto kPause = std::chrono::milliseconds(5);
constexpr auto kLongest = std::chrono::milliseconds(200);
/// What is left to others of the descriptors that this process may have.
constexpr std::size_t kOthers = 64;
/// How many records earlier than it is needed something is fetched into the cache: while so few
/// records are gone through, it comes.
constexpr std::ptrdiff_t kAhead = 8;

}  // namespace

void KeyedFiles::open(Context& context, std::size_t memory) {
  context_ = &context;
  const std::size_t gathered = std::min(kMostGathered, memory / kGatheredPart);
  buffers_.bound(gathered);
  files_.open(context, memory, lower_max_open(memory - gathered, gathered));
  written_ = flushed_ = Clock::now();
}

/// Returns the number of files that may be open at the same time, going by what the system and the
/// memory for compressors and buffers allow.
std::size_t KeyedFiles::lower_max_open(std::size_t compressors, std::size_t buffers) {
  std::size_t most = writing_.max_open;
  const char* why = nullptr;
  const auto lower = [&](std::size_t to, const char* because) {
    if (to >= most) return;
    most = std::max<std::size_t>(to, 1);
    why = because;
  };
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    // Each has its folder open, too.
    lower((std::max<std::size_t>(limit.rlim_cur, kOthers) - kOthers) / 2,
          "the system allows no more open files (ulimit -n)");
  }
  if (const std::size_t each = encoder_memory(writing_.codec); each > 0) {
    lower(compressors / each, "the compressors of more files pass limits.memory");
  }
  lower(buffers / FileBuffers::kSmallest, "the buffers of more files pass limits.memory");
  if (most < writing_.max_open) {
    context_->log(LogLevel::warning, "max_open is " + std::to_string(most) + ", not " +
                                         std::to_string(writing_.max_open) + ": " + why);
  }
  return most;
}

void KeyedFiles::write(Batch& batch) {
  if (batch.size() == 0) return;
  const bool slow = Clock::now() - written_ > kPause;
  batch_ = &batch;
  found_.assign(batch.size(), Found());
  find(batch);
  gather(batch);
  ++reached_;
  if (slow || is_time()) flush_all();
  records_ += batch.size();
  end_batch();
  written_ = Clock::now();
}

/// What is gathered now counts as delivered.
void KeyedFiles::end_batch() {
  found_.clear();
  reached_ = 0;
}

/// Returns whether what is gathered is to be written now.
bool KeyedFiles::is_time() const {
  return writing_.append || bytes_ >= touched_ * kEnough || Clock::now() - flushed_ > kLongest;
}

/// Finds the file of each record. A record that fails under `on_error: fail` is the last one that
/// this looks at.
void KeyedFiles::find(Batch& batch) {
  const detail::RecordData* const first = &batch[0].data();
  const detail::RecordData* const last = first + batch.size() - 1;
  Found* const found = found_.data();
  key_.begin_batch();
  batch.each([&](Record& record) {
    const detail::RecordData* const at = &record.data();
    const detail::RecordData* const later = at + std::min<std::ptrdiff_t>(last - at, 2 * kAhead);
    __builtin_prefetch(later->fields);
    __builtin_prefetch(later->text);
    found[at - first] = found_for(record);
  });
}

inline KeyedFiles::Found KeyedFiles::found_for(const Record& record) {
  if (writing_.written.header && record.field_count() == 0) return {nullptr, 0, kHeader};
  const PathKey::Key key = key_.of(record);
  if (!key.lasts) return {nullptr, 0, buffers_.find(key.text)};
  const std::uint32_t guess = buffers_.guess(key.text);
  return {key.text.data(), static_cast<std::uint32_t>(key.text.size()), guess};
}

/// Fetches where a record goes, and what says where that is for a later one.
// It would be taken for a function without effects if it were not always inline.
[[gnu::always_inline]] inline void KeyedFiles::fetch(std::size_t index) const {
  if (index + 2 * kAhead >= found_.size()) return;
  const std::uint32_t later = found_[index + 2 * kAhead].file;
  if (later < buffers_.size()) __builtin_prefetch(&buffers_[later], 1);
  const std::uint32_t soon = found_[index + kAhead].file;
  if (soon < buffers_.size()) buffers_[soon].fetch();
}

/// Adds the records to what is gathered for their files.
void KeyedFiles::gather(Batch& batch) {
  const detail::RecordData* const first = &batch[0].data();
  const std::string_view delimiter = writing_.delimiter;
  const std::uint64_t before = records_;
  std::uint64_t bytes = 0;
  std::uint64_t touched = 0;
  batch.each([&](Record& record) {
    const auto index = static_cast<std::size_t>(&record.data() - first);
    reached_ = index;
    fetch(index);
    Found& found = found_[index];
    if (found.file == kUnseen) return;
    if (!is_known(found)) {
      found.file = kUnseen;
      found = {nullptr, 0, number_of(record)};
    }
    if (found.file == kHeader) {
      header_ = std::string(record.text()) += delimiter;
      return;
    }
    FileBuffer& buffer = buffers_[found.file];
    bytes += record.text().size() + delimiter.size();
    touched += buffer.used <= before ? 1 : 0;
    buffer.used = before + index + 1;
    if (!buffer.add(record.text(), delimiter)) put(record, found);
  });
  bytes_ = bytes;
  touched_ = touched;
}

inline bool KeyedFiles::is_known(const Found& found) const {
  if (found.file >= kUnseen) return found.file != kNew;
  return !found.key || same_bytes(buffers_[found.file].key, {found.key, found.key_size});
}

/// Returns the number of the record's file, a new one if need be.
std::uint32_t KeyedFiles::number_of(const Record& record) {
  const std::string_view key = key_.of(record).text;
  const std::uint32_t number = buffers_.find(key);
  if (number != kNew) return number;
  writing_.path.make(record, path_);
  files_.add(path_);
  return buffers_.add(key);
}

/// Adds a record for which there is no room yet.
void KeyedFiles::put(const Record& record, Found& found) {
  const std::uint32_t number = std::exchange(found.file, kUnseen);
  make_room(number);
  if (!buffers_[number].add(record.text(), writing_.delimiter)) put_through(number, record);
  found.file = number;
}

/// Opens the file and empties its buffer.
void KeyedFiles::make_room(std::uint32_t number) {
  KeyedFile& file = files_[number];
  if (!file.problem.empty()) throw Error("io", file.problem, false);
  if (!file.out.file().is_open()) {
    while (files_.full()) {
      const std::uint32_t oldest = files_.oldest(buffers_);
      flush(oldest);
      buffers_.release(oldest);
      files_.park_oldest();
    }
    if (const std::size_t size = buffers_.fitting(files_.open_count() + 1);
        size != buffers_.block_size()) {
      flush_all();
      buffers_.resize_blocks(size);
    }
  }
  files_.make_open(number, buffers_[number].used, header_);
  if (!flush(number)) throw Error("io", file.out.file().problem());
  buffers_.fill(number);
}

/// Writes a record that is larger than a buffer.
void KeyedFiles::put_through(std::uint32_t number, const Record& record) {
  const std::string_view text = record.text();
  std::size_t done = files_.put(number, text);
  if (done == text.size()) done += files_.put(number, writing_.delimiter);
  if (done == text.size() + writing_.delimiter.size()) return;
  KeyedFile& file = files_[number];
  OutputFile& out = file.out.file();
  if (file.out.compresses()) {
    file.problem = out.problem();
  } else {
    out.take_back(done);
  }
  throw Error("io", out.problem());
}

/// Writes what is gathered for a file. Returns false if some of it fails, since it cannot be
/// written.
bool KeyedFiles::flush(std::uint32_t number) {
  FileBuffer& buffer = buffers_[number];
  const std::string_view bytes = buffer.bytes();
  const std::size_t done = bytes.empty() ? 0 : files_.put(number, bytes);
  const bool good = done == bytes.size();
  if (!good) fail_gathered(number, done);
  buffer.forget();
  return good;
}

void KeyedFiles::flush_all() {
  for (const std::uint32_t number : buffers_.take_filled()) flush(number);
  flushed_ = Clock::now();
}

/// Fails the records that are not wholly in the file, and cuts the torn one off. If one of an
/// earlier batch is among them, which counts as delivered, nothing more can be written.
void KeyedFiles::fail_gathered(std::uint32_t number, std::size_t done) {
  KeyedFile& file = files_[number];
  const bool compresses = file.out.compresses();
  std::size_t end = buffers_[number].bytes().size();
  std::size_t before = reached_;
  bool lost = compresses;
  for (const std::size_t size : buffers_.sizes(number)) {
    if (end <= done && !compresses) break;
    end -= size;
    lost |= !fail_last(number, before);
  }
  if (!compresses) file.out.file().take_back(done - end);
  if (lost) file.problem = file.out.file().problem();
}

/// Fails the last record before `before` in this batch that was put into a file. Returns false if
/// there is none.
bool KeyedFiles::fail_last(std::uint32_t number, std::size_t& before) {
  while (before > 0) {
    if (found_[--before].file != number) continue;
    Record record = (*batch_)[before];
    if (record.data().state == detail::RecordState::live) {
      record.fail("io", files_[number].out.file().problem());
    }
    return true;
  }
  return false;
}

void KeyedFiles::commit() {
  end_batch();
  flush_all();
  files_.commit();
}

void KeyedFiles::close() {
  end_batch();
  flush_all();
  files_.close();
}

}  // namespace weir::stages::file
