#include "stages/file/keyed_files.h"

#include <sys/resource.h>

#include <algorithm>

#include "stages/file/bom.h"

namespace weir::stages::file {
namespace {

/// The bytes of one file that are worth a write, and those of all that are worth one each.
constexpr std::size_t kEnough = std::size_t{32} * 1024;
constexpr std::uint64_t kMostGathered = std::uint64_t{16} << 20;
/// Behind such a pause records come slowly, and are written at once.
constexpr auto kPause = std::chrono::milliseconds(5);
constexpr auto kLongest = std::chrono::milliseconds(200);
constexpr std::size_t kEncoded = std::size_t{128} * 1024;
/// What is left to others of the descriptors that this process may have.
constexpr std::size_t kOthers = 64;
constexpr std::size_t kMostSaid = 5;

}  // namespace

void KeyedFiles::open(Context& context, std::size_t memory) {
  context_ = &context;
  record_limit_ = context.record_limit();
  window_ = memory;
  folders_.open(std::string(writing_.path.start()));
  encoded_.resize(kEncoded);
  lower_max_open(memory);
  written_ = flushed_ = Clock::now();
}

/// Lowers the number of files that are open at the same time to what the system and the memory
/// allow.
void KeyedFiles::lower_max_open(std::size_t memory) {
  most_open_ = writing_.max_open;
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    // Each has its folder open, too.
    const std::size_t free = (std::max<std::size_t>(limit.rlim_cur, kOthers) - kOthers) / 2;
    most_open_ = std::min(most_open_, std::max<std::size_t>(free, 1));
  }
  const bool few = most_open_ < writing_.max_open;
  if (const std::size_t each = encoder_memory(writing_.codec); each > 0) {
    most_open_ = std::min(most_open_, std::max<std::size_t>(memory / each, 1));
  }
  if (most_open_ == writing_.max_open) return;
  context_->log(LogLevel::warning, "max_open is " + std::to_string(most_open_) + ", not " +
                                       std::to_string(writing_.max_open) + ": " +
                                       (few ? "the system allows no more open files (ulimit -n)"
                                            : "the compressors of more files pass limits.memory"));
}

void KeyedFiles::say(const std::string& text) {
  if (text.empty() || said_ > kMostSaid) return;
  if (++said_ <= kMostSaid) return context_->log(LogLevel::warning, text);
  context_->log(LogLevel::warning, "and so on: more of the kind is not told");
}

void KeyedFiles::write(Batch& batch) {
  const bool slow = Clock::now() - written_ > kPause;
  const std::uint64_t before = gathered_;
  batch_ = &batch;
  // A record that fails under `on_error: fail` is the last one that this looks at.
  batch.each([this](Record& record) { put(record); });
  const std::uint64_t bytes = gathered_ - std::min(before, gathered_);
  if (slow || is_time(bytes)) flush_all();
  end_batch();
  written_ = Clock::now();
}

/// Returns whether what is gathered is to be written now.
bool KeyedFiles::is_time(std::uint64_t bytes) const {
  if (writing_.append || gathered_ > kMostGathered) return true;
  return bytes >= touched_.size() * kEnough / 8 || Clock::now() - flushed_ > kLongest;
}

void KeyedFiles::put(Record& record) {
  if (writing_.written.header && record.field_count() == 0) {
    header_ = std::string(record.text()) + writing_.delimiter;
    return;
  }
  writing_.path.make(record, path_);
  if (!last_ || path_ != last_path_) {
    last_ = &file_of(path_);
    last_path_ = path_;
  }
  KeyedFile& file = *last_;
  if (!file.problem.empty()) throw Error("io", file.problem, false);
  if (!file.out.file().is_open()) make_open(last_path_, file);
  if (file.place != open_.begin()) open_.splice(open_.begin(), open_, file.place);
  if (!file.touched) touched_.push_back(&file);
  file.touched = true;
  file.gathered += record.text();
  file.gathered += writing_.delimiter;
  const std::size_t size = record.text().size() + writing_.delimiter.size();
  file.put += size;
  gathered_ += size;
  const auto index = static_cast<std::size_t>(&record.data() - &(*batch_)[0].data());
  file.ends.push_back({file.put, index});
  if (file.gathered.size() >= kEnough) flush(file);
}

KeyedFiles::KeyedFile& KeyedFiles::file_of(const std::string& path) {
  const auto known = files_.find(path);
  return known == files_.end() ? add(path) : known->second;
}

KeyedFiles::KeyedFile& KeyedFiles::add(const std::string& path) {
  if (files_.size() >= writing_.max_files) {
    throw Error("too_many_files",
                "expected at most " + std::to_string(writing_.max_files) +
                    " files, got one more: '" + path + "'",
                false);
  }
  const std::size_t size = sizeof(KeyedFile) + 6 * path.size() + 256;
  // There is no such limit where names are made of what is no field, such as `record.path`.
  const bool limited = context_->state().limit() > 0;
  if (limited && !context_->state().take(size)) {
    throw Error("state_full", "the names of files pass limits.state", false);
  }
  const auto added = files_.try_emplace(path, path, writing_.append).first;
  added->second.charged = limited ? size : 0;
  order_.emplace_back(&added->first, &added->second);
  return added->second;
}

/// Opens a file, for the first time or again.
void KeyedFiles::make_open(const std::string& path, KeyedFile& file) {
  while (open_.size() >= most_open_) close_oldest();
  try {
    open_now(path, file);
  } catch (const Error& e) {
    // Another sink writes it, or has put its own in the place: whoever is first, both do not end
    // well.
    if (e.kind() == "io" && (file.made || !e.retryable())) file.problem = e.what();
    throw;
  }
  file.out.begin(writing_.codec);
  open_.push_front(&file);
  file.place = open_.begin();
}

void KeyedFiles::open_now(const std::string& path, KeyedFile& file) {
  OutputFile& out = file.out.file();
  if (file.made) return out.resume(folders_.open_folder_of(path));
  const Framing& written = writing_.written;
  const bool csv = written.unit == Framing::Unit::csv && written.quote != '\0';
  const Ending ending{writing_.delimiter, csv,          writing_.codec, record_limit_, window_,
                      written.delimiter,  written.quote};
  say(out.open_in(folders_.open_folder_of(path), ending));
  file.made = true;
  if (writing_.append && !out.is_empty()) return;
  file.gathered = (writing_.bom ? std::string(kBom) : std::string()) + header_;
  file.put += file.gathered.size();
  gathered_ += file.gathered.size();
}

/// Closes the file that was written least lately. Its stream ends; another one goes on.
void KeyedFiles::close_oldest() {
  KeyedFile& file = *open_.back();
  flush(file);
  if (!file.out.end(encoded_) && file.problem.empty()) file.problem = file.out.file().problem();
  file.out.file().park();
  open_.pop_back();
  std::string().swap(file.gathered);
}

/// Writes what is gathered for a file. What cannot be written fails.
bool KeyedFiles::flush(KeyedFile& file) {
  if (file.gathered.empty()) return true;
  const std::size_t done = file.out.put(file.gathered, encoded_);
  const bool good = done == file.gathered.size();
  if (!good) fail_gathered(file, done);
  gathered_ -= file.gathered.size();
  file.gathered.clear();
  file.ends.clear();
  file.written = file.put;
  return good;
}

/// Fails the records that are not wholly in the file, and cuts the torn one off. If one of an
/// earlier batch is among them, which counts as delivered, nothing more can be written.
void KeyedFiles::fail_gathered(KeyedFile& file, std::size_t done) {
  OutputFile& out = file.out.file();
  const std::uint64_t end = file.written + done;
  std::uint64_t whole = file.written;
  bool lost = file.out.compresses();
  for (const End& each : file.ends) {
    if (each.at <= end && !file.out.compresses()) {
      whole = each.at;
    } else if (each.index == kEarlier) {
      lost = true;
    } else if (Record record = (*batch_)[each.index];
               record.data().state == detail::RecordState::live) {
      record.fail("io", out.problem());
    }
  }
  if (!file.out.compresses()) out.take_back(end - whole);
  if (lost) file.problem = out.problem();
}

bool KeyedFiles::flush_all() {
  bool good = true;
  for (KeyedFile* file : open_) good &= flush(*file);
  flushed_ = Clock::now();
  return good;
}

/// What is gathered now counts as delivered.
void KeyedFiles::end_batch() {
  for (KeyedFile* file : touched_) {
    file->touched = false;
    for (End& end : file->ends) end.index = kEarlier;
  }
  touched_.clear();
}

void KeyedFiles::commit() {
  // What may fail for want of room comes first: then all get their names, or none.
  flush_all();
  for (KeyedFile* file : open_) {
    if (!file->out.finish(encoded_) && file->problem.empty()) {
      file->problem = file->out.file().problem();
    }
  }
  for (const auto& [path, file] : order_) {
    if (!file->problem.empty()) throw Error("io", file->problem, false);
  }
  for (const auto& [path, file] : order_) {
    if (!file->made) continue;
    OutputFile& out = file->out.file();
    if (!out.is_open()) out.resume(folders_.open_folder_of(*path));
    out.commit();
    out.close();
  }
  open_.clear();
}

void KeyedFiles::close() {
  flush_all();
  for (KeyedFile* file : open_) {
    file->out.end(encoded_);
    file->out.file().close();
  }
  for (const auto& [path, file] : order_) {
    context_->state().give(std::exchange(file->charged, 0));
  }
  open_.clear();
  last_ = nullptr;
  folders_.close();
}

std::string KeyedFiles::leftover() const {
  std::string first;
  std::size_t count = 0;
  for (const auto& [path, file] : order_) {
    const std::string left = file->out.file().leftover();
    if (left.empty()) continue;
    if (++count == 1) first = left;
  }
  if (count < 2) return first;
  return first + " and " + std::to_string(count - 1) + " more";
}

}  // namespace weir::stages::file
