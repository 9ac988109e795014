#include <lzma.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <new>

#include "stages/file/codec.h"
#include "stages/file/frame_start.h"

namespace weir::stages::file {
namespace {

/// The first block of a stream, as its header tells: what a thread needs to decode one like it.
struct FirstBlock {
  bool sized = false;  ///< True if the header says where the block ends.
  std::uint64_t memory = 0;
  std::uint64_t made = 0;  ///< The size of what the block becomes.
};

/// Reads the header of a block, which stands behind the stream's own.
FirstBlock read_block_header(std::string_view start) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(start.data());
  lzma_stream_flags flags{};
  if (lzma_stream_header_decode(&flags, bytes) != LZMA_OK) return {};
  std::array<lzma_filter, LZMA_FILTERS_MAX + 1> filters{};
  lzma_block block{};
  block.version = 1;
  block.check = flags.check;
  block.filters = filters.data();
  block.header_size = static_cast<std::uint32_t>(start.size()) - LZMA_STREAM_HEADER_SIZE;
  if (lzma_block_header_decode(&block, nullptr, bytes + LZMA_STREAM_HEADER_SIZE) != LZMA_OK) {
    return {};
  }
  FirstBlock first;
  const std::uint64_t filtering = lzma_raw_decoder_memusage(filters.data());
  first.sized = block.compressed_size != LZMA_VLI_UNKNOWN &&
                block.uncompressed_size != LZMA_VLI_UNKNOWN && filtering != UINT64_MAX;
  if (first.sized) {
    first.made = block.uncompressed_size;
    first.memory = filtering + block.compressed_size + block.uncompressed_size;
  }
  for (const lzma_filter& filter : filters) {
    if (filter.id == LZMA_VLI_UNKNOWN) break;
    std::free(filter.options);
  }
  return first;
}

class XzDecoder final : public Decoder {
 public:
  XzDecoder(const DecoderMemory::Bound& bound, int threads) : Decoder(bound), threads_(threads) {}
  ~XzDecoder() override { lzma_end(&stream_); }

  std::size_t decode(std::string_view& in, std::span<char> out, bool last) override {
    if (failed()) return 0;
    if (!begun_ && !begin(in, last)) return 0;
    if (code_ == LZMA_MEMLIMIT_ERROR && !raise_limit()) return 0;
    std::string_view start = start_.bytes().substr(start_fed_);
    if (start.empty()) return feed(in, out, last);
    const std::size_t size = start.size();
    const std::size_t made = feed(start, out, false);
    start_fed_ += size - start.size();
    return made;
  }
  std::string failure() const override {
    if (memory_.needs() > 0) return memory_.refusal();
    switch (code_) {
      case LZMA_FORMAT_ERROR:
        return "is not valid: another stream was expected";
      case LZMA_OPTIONS_ERROR:
        return "is not valid: it uses what liblzma does not know";
      case LZMA_UNSUPPORTED_CHECK:
        return "has a checksum that liblzma does not know";
      case LZMA_MEM_ERROR:
        return "needs more memory than the system gives";
      default:
        return failed() ? "is not valid: a checksum or the structure is wrong" : "";
    }
  }
  bool complete() const override {
    return !failed() && !begun_ && start_.empty() && padding_ % kPaddingUnit == 0;
  }

 private:
  static constexpr std::uint64_t kPaddingUnit = 4;
  static constexpr std::uint32_t kFlags = LZMA_TELL_UNSUPPORTED_CHECK;

  bool failed() const {
    return code_ != LZMA_OK && code_ != LZMA_STREAM_END && code_ != LZMA_BUF_ERROR &&
           code_ != LZMA_MEMLIMIT_ERROR;
  }

  /// Begins a stream, behind zeros if it is not the first one.
  bool begin(std::string_view& in, bool last) {
    while (ended_one_ && start_.empty() && !in.empty() && in.front() == '\0') {
      in.remove_prefix(1);
      ++padding_;
    }
    if (start_.empty() && in.empty()) return false;
    if (padding_ % kPaddingUnit != 0) {
      code_ = LZMA_FORMAT_ERROR;
      return false;
    }
    if (threads_ > 1 && !look_ahead(in) && !(last && in.empty())) return false;
    padding_ = 0;
    start_fed_ = 0;
    const FirstBlock first = wanted_ == start_.bytes().size() && wanted_ > kNoBlock
                                 ? read_block_header(start_.bytes())
                                 : FirstBlock();
    wanted_ = 0;
    begin_decoder(first);
    begun_ = true;
    return !failed();
  }

  /// Collects the headers of the stream and its first block. Returns whether they are there.
  bool look_ahead(std::string_view& in) {
    if (!start_.collect(in, kNoBlock)) return false;
    const auto size = static_cast<std::uint8_t>(start_.bytes()[kNoBlock - 1]);
    wanted_ = size == 0 ? kNoBlock : LZMA_STREAM_HEADER_SIZE + lzma_block_header_size_decode(size);
    return start_.collect(in, wanted_);
  }

  /// Uses as many threads as there is memory for, if the blocks can be found without decoding them.
  void begin_decoder(const FirstBlock& first) {
    for (int threads = first.sized ? threads_ : 1; threads > 1; --threads) {
      // What is made waits for its turn, one block more than there are threads.
      const std::uint64_t needed = first.memory * static_cast<std::uint64_t>(threads) + first.made;
      if (needed > memory_.limit() || !memory_.hold(needed)) continue;
      lzma_mt options{};
      options.flags = kFlags;
      options.threads = static_cast<std::uint32_t>(threads);
      options.memlimit_threading = options.memlimit_stop = memlimit_ = needed;
      code_ = lzma_stream_decoder_mt(&stream_, &options);
      parallel_ = code_ == LZMA_OK;
      if (parallel_) return;
    }
    static_cast<void>(memory_.hold(0));
    parallel_ = false;
    memlimit_ = 1;
    code_ = lzma_stream_decoder(&stream_, memlimit_, kFlags);
  }

  /// Returns false if the memory that a block needs is not to be had.
  bool raise_limit() {
    // The parallel decoder does not say what it needs.
    const std::uint64_t needed = parallel_ ? 2 * memlimit_ : lzma_memusage(&stream_);
    if (!memory_.hold(needed)) return false;
    memlimit_ = needed;
    code_ = lzma_memlimit_set(&stream_, needed);
    return !failed();
  }

  std::size_t feed(std::string_view& in, std::span<char> out, bool last) {
    stream_.next_in = reinterpret_cast<const std::uint8_t*>(in.data());
    stream_.avail_in = in.size();
    stream_.next_out = reinterpret_cast<std::uint8_t*>(out.data());
    stream_.avail_out = out.size();
    code_ = lzma_code(&stream_, last ? LZMA_FINISH : LZMA_RUN);
    in.remove_prefix(in.size() - stream_.avail_in);
    if (code_ == LZMA_STREAM_END) {
      begun_ = false;
      ended_one_ = true;
      start_.clear();
      start_fed_ = 0;
    }
    return out.size() - stream_.avail_out;
  }

  /// The bytes up to the size of a block's header, which is 0 where there is no block.
  static constexpr std::size_t kNoBlock = LZMA_STREAM_HEADER_SIZE + 1;

  lzma_stream stream_ = LZMA_STREAM_INIT;
  int threads_;
  FrameStart start_;
  std::size_t start_fed_ = 0;  ///< The bytes of `start_` that the library has.
  std::size_t wanted_ = 0;
  bool parallel_ = false;
  bool begun_ = false;  ///< True inside a stream.
  bool ended_one_ = false;
  std::uint64_t padding_ = 0;  ///< The zeros behind the last stream.
  std::uint64_t memlimit_ = 1;
  lzma_ret code_ = LZMA_OK;
};

}  // namespace

std::unique_ptr<Decoder> make_xz_decoder(const DecoderMemory::Bound& bound, int threads) {
  return std::make_unique<XzDecoder>(bound, threads);
}

}  // namespace weir::stages::file
