#include "stages/file/open_files.h"

#include <algorithm>

#include "stages/file/bom.h"

namespace weir::stages::file {
namespace {

constexpr std::size_t kEncoded = std::size_t{128} * 1024;
constexpr std::size_t kMostSaid = 5;

}  // namespace

void OpenFiles::open(Context& context, std::size_t memory, std::size_t most) {
  context_ = &context;
  memory_ = memory;
  most_open_ = most;
  folders_.open(std::string(writing_.path.start()));
  encoded_.resize(kEncoded);
}

void OpenFiles::add(const std::string& path) {
  if (files_.size() >= writing_.max_files) {
    throw Error("too_many_files",
                "expected at most " + std::to_string(writing_.max_files) +
                    " files, got one more: '" + path + "'",
                false);
  }
  const std::size_t size = sizeof(KeyedFile) + sizeof(FileBuffer) + 7 * path.size() + 256;
  // There is no such limit where names are made of what is no field, such as `record.path`.
  const bool limited = context_->state().limit() > 0;
  if (limited && !context_->state().take(size)) {
    throw Error("state_full", "the names of files pass limits.state", false);
  }
  files_.emplace_back(path, writing_.append).charged = limited ? size : 0;
}

/// What the heap knows of a file may be old, but never too new: once the file on top is where it
/// belongs, all others were used later.
std::uint32_t OpenFiles::oldest(const FileBuffers& buffers) {
  for (;;) {
    std::pop_heap(open_.begin(), open_.end());
    Open& top = open_.back();
    const std::uint64_t used = buffers[top.number].used;
    const bool known = top.used == used;
    top.used = used;
    std::push_heap(open_.begin(), open_.end());
    if (known) return open_.front().number;
  }
}

void OpenFiles::park_oldest() {
  std::pop_heap(open_.begin(), open_.end());
  KeyedFile& file = files_[open_.back().number];
  open_.pop_back();
  if (!file.out.end(encoded_) && file.problem.empty()) file.problem = file.out.file().problem();
  file.out.file().park();
}

void OpenFiles::make_open(std::uint32_t number, std::uint64_t used, const std::string& header) {
  KeyedFile& file = files_[number];
  if (!file.out.file().is_open()) {
    try {
      open_now(file);
    } catch (const Error& e) {
      // Another sink writes it, or has put its own in the place: whoever is first, both do not end
      // well.
      if (e.kind() == "io" && (file.made || !e.retryable())) file.problem = e.what();
      throw;
    }
    file.out.begin(writing_.codec);
    open_.push_back({used, number});
    std::push_heap(open_.begin(), open_.end());
  }
  if (!file.begun) begin(file, header);
}

void OpenFiles::open_now(KeyedFile& file) {
  OutputFile& out = file.out.file();
  if (file.made) return out.resume(folders_.open_folder_of(file.path));
  const Framing& written = writing_.written;
  const bool csv = written.unit == Framing::Unit::csv && written.quote != '\0';
  const Ending ending{
      writing_.delimiter, csv,          writing_.codec, context_->record_limit(), memory_,
      written.delimiter,  written.quote};
  say(out.open_in(folders_.open_folder_of(file.path), ending));
  file.made = true;
  file.begun = writing_.append && !out.is_empty();
}

/// Writes what comes before the first record.
void OpenFiles::begin(KeyedFile& file, const std::string& header) {
  const std::string bytes = (writing_.bom ? std::string(kBom) : std::string()) + header;
  OutputFile& out = file.out.file();
  const std::size_t done = bytes.empty() ? 0 : file.out.put(bytes, encoded_);
  if (done < bytes.size()) {
    if (file.out.compresses()) {
      file.problem = out.problem();
    } else {
      out.take_back(done);
    }
    throw Error("io", out.problem());
  }
  file.begun = true;
}

void OpenFiles::say(const std::string& text) {
  if (text.empty() || said_ > kMostSaid) return;
  if (++said_ <= kMostSaid) return context_->log(LogLevel::warning, text);
  context_->log(LogLevel::warning, "and so on: more of the kind is not told");
}

void OpenFiles::commit() {
  // What may fail for want of room comes first: then all get their names, or none.
  for (const Open& open : open_) {
    KeyedFile& file = files_[open.number];
    if (!file.out.finish(encoded_) && file.problem.empty()) {
      file.problem = file.out.file().problem();
    }
  }
  for (const KeyedFile& file : files_) {
    if (!file.problem.empty()) throw Error("io", file.problem, false);
  }
  for (KeyedFile& file : files_) {
    if (!file.made) continue;
    OutputFile& out = file.out.file();
    if (!out.is_open()) out.resume(folders_.open_folder_of(file.path));
    out.commit();
    out.close();
  }
  open_.clear();
}

void OpenFiles::close() {
  for (const Open& open : open_) {
    files_[open.number].out.end(encoded_);
    files_[open.number].out.file().close();
  }
  for (KeyedFile& file : files_) context_->state().give(std::exchange(file.charged, 0));
  open_.clear();
  folders_.close();
}

std::string OpenFiles::leftover() const {
  std::string first;
  std::size_t count = 0;
  for (const KeyedFile& file : files_) {
    const std::string left = file.out.file().leftover();
    if (left.empty()) continue;
    if (++count == 1) first = left;
  }
  if (count < 2) return first;
  return first + " and " + std::to_string(count - 1) + " more";
}

}  // namespace weir::stages::file
