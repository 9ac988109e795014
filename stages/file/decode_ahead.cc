#include "stages/file/decode_ahead.h"

#include <algorithm>
#include <system_error>

#include "stages/file/ahead_file.h"

namespace weir::stages::file {
namespace {

/// The files that are looked at beside the current one: many, since they may be small, but each
/// takes a descriptor.
constexpr std::size_t kMostFiles = 64;
/// The pieces of the current file that wait at least, however little memory there is.
constexpr std::size_t kFewPieces = 2;

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
  const std::size_t most = std::min(kMostFiles, inputs.size());
  try {
    for (std::size_t i = 1; i < std::min<std::size_t>(most, options.threads); ++i) {
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
  while (first_ < index && !files_.empty()) {
    changed_.wait(lock, [&] { return !files_.front()->claimed; });
    files_.pop_front();
    ++first_;
  }
  if (files_.empty()) {
    first_ = index;
    add_file();
  }
  AheadFile& file = *files_.front();
  file.set_current();
  file.no_memory = false;
  if (!file.known && !file.claimed) look_at(file, lock);
  changed_.wait(lock, [&] { return file.known; });
  changed_.notify_all();
  return file.passed() ? nullptr : std::make_unique<Reader>(*this);
}

InputStream::Got DecodeAhead::read(std::span<char> out, const Stop& stop) {
  Lock lock(mutex_);
  AheadFile& file = *files_.front();
  while (!stop.requested()) {
    if (file.has_pieces()) {
      const std::size_t pieces = file.pieces();
      const std::size_t size = file.take(out);
      if (file.pieces() < pieces) room_made();
      return {size, false};
    }
    file.check();
    if (file.ended()) return {0, true};
    if (file.no_memory) {
      free_memory(file, lock);
    } else if (AheadFile* next = find_work()) {
      decode(*next, lock);
    } else {
      changed_.wait(lock);
    }
  }
  return {};
}

void DecodeAhead::room_made() {
  for (const auto& file : files_) file->no_memory = false;
  changed_.notify_all();
}

AheadFile& DecodeAhead::add_file() {
  files_.push_back(std::make_unique<AheadFile>(inputs_[first_ + files_.size()], options_.threads,
                                               options_.memory, most_, held_));
  return *files_.back();
}

/// Returns the first file that can go on; null if none can now.
AheadFile* DecodeAhead::find_work() {
  for (std::size_t i = 0; i < kMostFiles && first_ + i < inputs_.size(); ++i) {
    AheadFile& file = i < files_.size() ? *files_[i] : add_file();
    if (file.claimed || file.ended()) continue;
    if (file.no_memory) return nullptr;
    if (i == 0 && file.pieces() < kFewPieces) return &file;
    if (short_of_memory_ || held_.load() + AheadFile::kPiece > most_) return nullptr;
    return &file;
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
  if (file.claimed) return;
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
      changed_.wait(lock);
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
