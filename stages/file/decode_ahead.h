#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

#include "stages/file/input.h"
#include "stages/file/input_stream.h"

namespace weir::stages::file {

class AheadFile;

/// Decodes the next compressed files of a list, and the next parts of a file that can be cut, while
/// what is before them is read. So all threads decode, although the files are read in order.
///
/// A file, or a part of one, is decoded piece by piece, by one thread at a time: by threads of this
/// object, and by the reader itself while it would have to wait. The first file that is not done
/// comes first. Pieces and decoders are counted, and nothing is decoded ahead beyond a part of the
/// memory that the source may hold; only what the reader waits for may always go on. If there is no
/// memory even for that, all that is ahead is forgotten, and decoded again later.
class DecodeAhead {
 public:
  struct Options {
    DecoderMemory::Bound memory;
    int threads = 1;  ///< How many decode at the same time, the reader included.
    /// True if there is one file that one thread decodes, beside the reader.
    bool single = false;
  };
  /// `inputs` must outlive this object.
  DecodeAhead(const std::vector<Input>& inputs, const Options& options);
  ~DecodeAhead();
  DecodeAhead(const DecodeAhead&) = delete;
  DecodeAhead& operator=(const DecodeAhead&) = delete;

  /// Goes on to input `index`, which is behind those before. Returns its decoded content, to be
  /// read before the next `open`; null if the input is not compressed, cannot be opened or is no
  /// file, so that it must be read without this object.
  std::unique_ptr<DecodedBytes> open(std::size_t index);

 private:
  class Reader;
  using Lock = std::unique_lock<std::mutex>;

  InputStream::Got read(std::span<char> out, const Stop& stop);
  void work();
  void room_made();
  void drop_front(Lock& lock);
  void next_part(Lock& lock);
  void check(const AheadFile& file) const;
  AheadFile* add_file();
  AheadFile* find_work();
  void look_at(AheadFile& file, Lock& lock);
  void decode(AheadFile& file, Lock& lock);
  void free_memory(AheadFile& current, Lock& lock);

  const std::vector<Input>& inputs_;
  const Options options_;
  const std::uint64_t most_;  ///< The bytes that may be held for what is ahead.
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::unique_ptr<AheadFile>> files_;  ///< From the current one on.
  std::size_t index_ = 0;                         ///< The input that is read.
  std::uint64_t taken_ = 0;                       ///< The bytes that were read of it.
  int idle_ = 0;                                  ///< The threads of this object that wait.
  bool short_of_memory_ = false;                  ///< True while only the reader's file may go on.
  std::atomic<std::uint64_t> held_{0};            ///< The bytes held by all files.
  std::atomic<bool> stopping_{false};
  std::vector<std::thread> threads_;
};

}  // namespace weir::stages::file
