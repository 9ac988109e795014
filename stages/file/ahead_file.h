#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <memory>
#include <optional>
#include <span>

#include "stages/file/input.h"
#include "stages/file/input_stream.h"

namespace weir::stages::file {

/// The memory of one file that is decoded ahead: its pieces and its decoder. All files together may
/// hold `most` bytes of `bound`; the one that the reader waits for may hold more.
class AheadMemory final : public MemoryShare {
 public:
  AheadMemory(const DecoderMemory::Bound& bound, std::uint64_t most,
              std::atomic<std::uint64_t>& held)
      : bound_(bound), most_(most), held_(held) {}

  [[nodiscard]] bool take(std::uint64_t bytes) override;
  void give(std::uint64_t bytes) override;
  std::uint64_t limit() const override { return bound_.limit(); }
  void set_current() { current_.store(true); }

 private:
  const DecoderMemory::Bound bound_;
  const std::uint64_t most_;
  std::atomic<std::uint64_t>& held_;
  std::atomic<bool> current_{false};
};

/// A file that is decoded ahead of its reader, or a part of one (frame_cut.h). Its owner guards it;
/// `open` and `decode_piece` are called by one thread at a time, without the owner's lock, while
/// `claimed` is set.
class AheadFile {
 public:
  static constexpr std::uint64_t kPiece = std::uint64_t{256} * 1024;

  /// Where a part of a file begins. A part that is not the first has the codec of the first.
  struct Begin {
    std::size_t index = 0;  ///< The number of the input.
    std::uint64_t offset = 0;
    std::optional<Codec> codec;
  };
  /// `threads`: how many may decode one file.
  AheadFile(const Input& input, const Begin& begin, int threads, const DecoderMemory::Bound& bound,
            std::uint64_t most, std::atomic<std::uint64_t>& held)
      : input_(input), begin_(begin), threads_(threads), memory_(bound, most, held) {}
  ~AheadFile() { forget(); }
  AheadFile(const AheadFile&) = delete;
  AheadFile& operator=(const AheadFile&) = delete;

  /// Says that the reader waits for this file.
  void set_current() { memory_.set_current(); }
  /// Opens the file, or finds that it must be read without decoding ahead: `passed`.
  void open();

  /// What one thread has decoded, before `add` puts it behind what was decoded before.
  struct Result {
    std::unique_ptr<char[]> bytes;
    std::size_t size = 0;
    std::uint64_t held = 0;
    bool ended = false;
    bool no_memory = false;
    std::exception_ptr error;
  };
  Result decode_piece(const Stop& stop);
  void add(Result result);

  bool has_pieces() const { return !pieces_.empty(); }
  std::size_t pieces() const { return pieces_.size(); }
  std::size_t take(std::span<char> out);
  /// Throws what ended the file early, if anything did.
  void check() const {
    if (error_) std::rethrow_exception(error_);
  }
  bool ended() const { return ended_; }
  /// Returns whether the reader must read it by other means. Valid once it is known.
  bool passed() const { return passed_; }
  std::size_t index() const { return begin_.index; }
  /// Returns where the next part begins: behind this one, or in the next input. Valid once it is
  /// known.
  Begin next() const {
    if (passed_ || last_) return {index() + 1, 0, std::nullopt};
    return {index(), end_, begin_.codec};
  }
  /// Returns whether no part follows. Valid once it is known.
  bool last() const { return passed_ || last_; }
  /// Forgets all that was decoded, to begin anew.
  void forget();

  bool known = false;      ///< True once it was opened, or passed.
  bool claimed = false;    ///< True while a thread decodes.
  bool no_memory = false;  ///< True if it can only go on once there is more memory.

 private:
  /// The buffer of an InputStream.
  static constexpr std::uint64_t kStream = 64 * 1024;

  struct Piece {
    std::unique_ptr<char[]> bytes;
    std::size_t size = 0;
    std::uint64_t held = 0;
  };

  bool open_stream();
  Error changed() const;
  void fill(Result& result, const Stop& stop);
  void fit(Result& result);
  void close();

  const Input& input_;
  Begin begin_;
  std::uint64_t end_ = 0;
  bool last_ = true;
  const int threads_;
  AheadMemory memory_;
  std::optional<InputStream> stream_;
  bool stream_held_ = false;
  std::deque<Piece> pieces_;
  std::size_t taken_ = 0;  ///< The bytes of the first piece that were taken.
  std::exception_ptr error_;
  bool ended_ = false;   ///< True if nothing follows the pieces.
  bool passed_ = false;  ///< True if it is not decoded ahead.
};

}  // namespace weir::stages::file
