#include "stages/file/ahead_file.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "stages/file/frame_cut.h"

namespace weir::stages::file {
namespace {

/// The size from which it is worth to decode one file with several threads.
constexpr std::uint64_t kLarge = std::uint64_t{4} << 20;

}  // namespace

bool AheadMemory::take(std::uint64_t bytes) {
  std::uint64_t held = held_.load(std::memory_order_relaxed);
  do {
    if (!current_.load() && (held > most_ || bytes > most_ - held)) return false;
  } while (!held_.compare_exchange_weak(held, held + bytes, std::memory_order_relaxed));
  if (!bound_.share || bound_.share->take(bytes)) return true;
  held_.fetch_sub(bytes, std::memory_order_relaxed);
  return false;
}

void AheadMemory::give(std::uint64_t bytes) {
  if (bound_.share) bound_.share->give(bytes);
  held_.fetch_sub(bytes, std::memory_order_relaxed);
}

void AheadFile::open() {
  const bool first = !begin_.codec;
  try {
    passed_ = first && (!input_.regular || input_.descriptor);
    if (passed_ || open_stream()) return;
    if (!first) throw changed();
    passed_ = true;
  } catch (const Error&) {
    // The reader opens the file itself, and says what is wrong with it, unless it has begun.
    passed_ = first;
    if (first) return;
    error_ = std::current_exception();
    ended_ = true;
  }
}

Error AheadFile::changed() const {
  return {"io", "'" + input_.path + "' was changed while it was read"};
}

/// Returns false if the file is not compressed.
bool AheadFile::open_stream() {
  Input input = input_;
  Fd fd = open_input(input);
  if (!input.regular) return false;
  if (!begin_.codec) {
    const Codec codec = kind_of(fd, input).codec;
    if (codec == Codec::none) return false;
    begin_.codec = codec;
  }
  if (end_ == 0) {
    end_ = threads_ > 1 ? part_end(fd, *begin_.codec, begin_.offset, input.end) : input.end;
    last_ = end_ >= input.end;
  }
  if (::lseek(fd.get(), static_cast<off_t>(begin_.offset), SEEK_SET) < 0) {
    throw io_error("read", input.path, errno);
  }
  InputStream::Options options;
  options.memory = {0, &memory_};
  options.threads = input.end >= kLarge ? threads_ : 1;
  options.codec = begin_.codec;
  options.begin = begin_.offset;
  if (!last_) options.end = end_;
  stream_.emplace(std::move(fd), input.path, options);
  return true;
}

AheadFile::Result AheadFile::decode_piece(const Stop& stop) {
  Result result;
  try {
    if (passed_) return result;
    if (!stream_ && !open_stream()) throw changed();
    fill(result, stop);
  } catch (const detail::OutOfMemory&) {
    result.no_memory = true;
  } catch (...) {
    result.error = std::current_exception();
  }
  if (result.ended || result.error) close();
  fit(result);
  return result;
}

void AheadFile::fill(Result& result, const Stop& stop) {
  if (!stream_held_) stream_held_ = memory_.take(kStream);
  result.no_memory = !stream_held_ || !memory_.take(kPiece);
  if (result.no_memory) return;
  result.held = kPiece;
  result.bytes.reset(new char[kPiece]);
  while (!result.ended && result.size < kPiece) {
    const InputStream::Got got =
        stream_->read({result.bytes.get() + result.size, kPiece - result.size}, stop, true);
    result.size += got.size;
    result.ended = got.end;
    if (got.size == 0 && !got.end) break;  // It was told to stop.
  }
}

/// Keeps no more memory than a small piece needs.
void AheadFile::fit(Result& result) {
  if (result.held == 0 || result.size > kPiece / 4) return;
  if (result.size > 0) {
    std::unique_ptr<char[]> bytes(new char[result.size]);
    std::memcpy(bytes.get(), result.bytes.get(), result.size);
    result.bytes = std::move(bytes);
  } else {
    result.bytes.reset();
  }
  memory_.give(result.held - result.size);
  result.held = result.size;
}

void AheadFile::add(Result result) {
  if (result.size > 0) pieces_.push_back({std::move(result.bytes), result.size, result.held});
  no_memory = result.no_memory;
  error_ = result.error;
  ended_ = result.ended || result.error || passed_;
}

std::size_t AheadFile::take(std::span<char> out) {
  Piece& piece = pieces_.front();
  const std::size_t size = std::min(out.size(), piece.size - taken_);
  std::memcpy(out.data(), piece.bytes.get() + taken_, size);
  taken_ += size;
  if (taken_ == piece.size) {
    memory_.give(piece.held);
    pieces_.pop_front();
    taken_ = 0;
  }
  return size;
}

void AheadFile::close() {
  stream_.reset();
  if (std::exchange(stream_held_, false)) memory_.give(kStream);
}

void AheadFile::forget() {
  close();
  for (const Piece& piece : pieces_) memory_.give(piece.held);
  pieces_.clear();
  taken_ = 0;
  error_ = nullptr;
  ended_ = passed_;
  no_memory = false;
}

}  // namespace weir::stages::file
