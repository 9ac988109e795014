#include "stages/file/decode_ahead.h"

#include <algorithm>
#include <system_error>

#include "stages/file/ahead_file.h"
#include "weir/positioned_error.h"

namespace weir::stages::file {
namespace {

/// The files that are looked at beside the current one: many, since they may be small, but each
/// takes a descriptor.
constexpr int kMostFiles = 64;
/// The pieces of the current file that wait at least, however little memory there is.
constexpr std::size_t kFewPieces = 2;
/// Those that wait at most: more do not make the reader faster.
constexpr std::size_t kManyPieces = 16;

}  // namespace

/// The content of the current file.
class DecodeAhead::Reader final : public DecodedBytes {
 public:
  explicit Reader(DecodeAhead& ahead) : ahead_(ahead) {}
  InputStream::Got read(std::span<char> out, const Stop& stop) override {
    return ahead_.read(out, stop);
  }

 private:
  DecodeAhead& ahead_;
};

DecodeAhead::DecodeAhead(const std::vector<Input>& inputs, const Options& options)
    : inputs_(inputs), options_(options), most_(options.memory.limit() / 2) {
  try {
    const int most = options.single ? 2 : kMostFiles;
    for (int i = 1; i < std::min(most, options.threads); ++i) {
      threads_.emplace_back([this] { work(); });
    }
  } catch (const std::system_error&) {
    // With fewer threads it takes longer.
  }
}

DecodeAhead::~DecodeAhead() {
  {
    const Lock lock(mutex_);
    stopping_.store(true);
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

std::unique_ptr<DecodedBytes> DecodeAhead::open(std::size_t index) {
  Lock lock(mutex_);
  index_ = index;
  taken_ = 0;
  while (!files_.empty() && files_.front()->index() < index) drop_front(lock);
  if (files_.empty()) add_file();
  AheadFile& file = *files_.front();
  file.set_current();
  file.no_memory = false;
  if (!file.known && !file.claimed) look_at(file, lock);
  changed_.wait(lock, [&] { return file.known; });
  changed_.notify_all();
  return file.passed() ? nullptr : std::make_unique<Reader>(*this);
}

void DecodeAhead::drop_front(Lock& lock) {
  changed_.wait(lock, [&] { return !files_.front()->claimed; });
  files_.pop_front();
}

/// Goes on to the next part of the current input.
void DecodeAhead::next_part(Lock& lock) {
  if (files_.size() == 1) add_file();
  drop_front(lock);
  files_.front()->set_current();
  files_.front()->no_memory = false;
  changed_.notify_all();
}

InputStream::Got DecodeAhead::read(std::span<char> out, const Stop& stop) {
  Lock lock(mutex_);
  while (!stop.requested()) {
    AheadFile& file = *files_.front();
    if (file.has_pieces()) {
      const std::size_t pieces = file.pieces();
      const std::size_t size = file.take(out);
      taken_ += size;
      if (file.pieces() < pieces) room_made();
      return {size, false};
    }
    check(file);
    if (file.ended()) {
      if (file.last()) return {0, true};
      next_part(lock);
    } else if (file.no_memory) {
      free_memory(file, lock);
    } else if (AheadFile* next = idle_ == 0 ? find_work() : nullptr) {
      decode(*next, lock);
    } else {
      // A thread that is free decodes better: its cache holds what the decoder works on.
      if (idle_ > 0) changed_.notify_all();
      changed_.wait(lock);
    }
  }
  return {};
}

/// Throws what ended the file early, if anything did. It stands behind all parts that were read.
void DecodeAhead::check(const AheadFile& file) const {
  try {
    file.check();
  } catch (const PositionedError& e) {
    throw PositionedError(e.kind(), e.what(), taken_);
  }
}

void DecodeAhead::room_made() {
  for (const auto& file : files_) file->no_memory = false;
  changed_.notify_all();
}

/// Adds the file, or the part, behind the last one. Returns null if there is none, or if it is not
/// known yet where it begins.
AheadFile* DecodeAhead::add_file() {
  if (!files_.empty() && !files_.back()->known) return nullptr;
  const AheadFile::Begin begin =
      files_.empty() ? AheadFile::Begin{index_, 0, std::nullopt} : files_.back()->next();
  if (begin.index >= inputs_.size()) return nullptr;
  files_.push_back(std::make_unique<AheadFile>(inputs_[begin.index], begin, options_.threads,
                                               options_.memory, most_, held_));
  return files_.back().get();
}

/// Returns the first file that can go on; null if none can now.
AheadFile* DecodeAhead::find_work() {
  for (std::size_t i = 0; i < std::size_t{kMostFiles}; ++i) {
    AheadFile* const file = i < files_.size() ? files_[i].get() : add_file();
    if (!file) return nullptr;
    if (file->claimed || file->ended()) continue;
    if (file->no_memory) return nullptr;
    if (i == 0 && file->pieces() < kFewPieces) return file;
    if (i == 0 && file->pieces() >= kManyPieces) continue;
    if (short_of_memory_ || held_.load() + AheadFile::kPiece > most_) return nullptr;
    return file;
  }
  return nullptr;
}

/// Opens a file, so that it is known whether it is decoded ahead at all.
void DecodeAhead::look_at(AheadFile& file, Lock& lock) {
  file.claimed = true;
  lock.unlock();
  file.open();
  lock.lock();
  file.claimed = false;
  file.known = true;
  changed_.notify_all();
}

/// Decodes a piece of a file.
void DecodeAhead::decode(AheadFile& file, Lock& lock) {
  if (!file.known) look_at(file, lock);
  if (file.claimed || file.ended()) return;
  file.claimed = true;
  lock.unlock();
  AheadFile::Result result = file.decode_piece(Stop(stopping_, -1));
  lock.lock();
  file.claimed = false;
  file.add(std::move(result));
  if (&file == files_.front().get() && !file.no_memory) short_of_memory_ = false;
  changed_.notify_all();
}

void DecodeAhead::work() {
  Lock lock(mutex_);
  while (!stopping_.load()) {
    AheadFile* const file = files_.empty() ? nullptr : find_work();
    if (file) {
      decode(*file, lock);
    } else {
      ++idle_;
      changed_.wait(lock);
      --idle_;
    }
  }
}

/// Forgets what is ahead, and lets the current file try again. If nothing is ahead, others hold the
/// memory: throws OutOfMemory.
void DecodeAhead::free_memory(AheadFile& current, Lock& lock) {
  current.no_memory = false;
  if (short_of_memory_) throw detail::OutOfMemory{};
  short_of_memory_ = true;
  for (std::size_t i = 1; i < files_.size(); ++i) {
    changed_.wait(lock, [&] { return !files_[i]->claimed; });
    files_[i]->forget();
  }
}

}  // namespace weir::stages::file
