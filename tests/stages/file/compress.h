#pragma once

#include <bzlib.h>
#include <lz4frame.h>
#include <lzma.h>
#include <zlib.h>
#include <zstd.h>

#include <new>
#include <string>

namespace weir::stages::test {

inline std::string gzip(const std::string& content) {
  z_stream stream{};
  deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, content.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(content.data()));
  stream.avail_in = static_cast<uInt>(content.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

inline std::string zstd(const std::string& content) {
  ZSTD_CCtx* context = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
  std::string out(ZSTD_compressBound(content.size()), '\0');
  out.resize(ZSTD_compress2(context, out.data(), out.size(), content.data(), content.size()));
  ZSTD_freeCCtx(context);
  return out;
}

/// Compresses all of `content` with a stream that was begun.
inline std::string run_lzma(lzma_stream& stream, const std::string& content) {
  std::string out(lzma_stream_buffer_bound(content.size()) + 64 * 1024, '\0');
  stream.next_in = reinterpret_cast<const std::uint8_t*>(content.data());
  stream.avail_in = content.size();
  stream.next_out = reinterpret_cast<std::uint8_t*>(out.data());
  stream.avail_out = out.size();
  while (lzma_code(&stream, LZMA_FINISH) == LZMA_OK) {
  }
  out.resize(stream.total_out);
  lzma_end(&stream);
  return out;
}

inline std::string xz(const std::string& content) {
  lzma_stream stream = LZMA_STREAM_INIT;
  if (lzma_easy_encoder(&stream, 1, LZMA_CHECK_CRC64) != LZMA_OK) throw std::bad_alloc();
  return run_lzma(stream, content);
}

/// In blocks that say where they end, of `size` bytes.
inline std::string xz_blocks(const std::string& content, std::size_t size) {
  lzma_stream stream = LZMA_STREAM_INIT;
  lzma_mt options{};
  options.threads = 2;
  options.block_size = size;
  options.preset = 0;
  options.check = LZMA_CHECK_CRC32;
  if (lzma_stream_encoder_mt(&stream, &options) != LZMA_OK) throw std::bad_alloc();
  return run_lzma(stream, content);
}
inline std::string xz_in_blocks(const std::string& content) { return xz_blocks(content, 20'000); }

inline std::string bzip2(const std::string& content) {
  auto size = static_cast<unsigned>(content.size() + content.size() / 50 + 1000);
  std::string out(size, '\0');
  BZ2_bzBuffToBuffCompress(out.data(), &size, const_cast<char*>(content.data()),
                           static_cast<unsigned>(content.size()), 1, 0, 0);
  out.resize(size);
  return out;
}

inline std::string lz4(const std::string& content) {
  LZ4F_preferences_t preferences{};
  preferences.frameInfo.blockSizeID = LZ4F_max64KB;
  preferences.frameInfo.contentChecksumFlag = LZ4F_contentChecksumEnabled;
  preferences.frameInfo.blockChecksumFlag = LZ4F_blockChecksumEnabled;
  std::string out(LZ4F_compressFrameBound(content.size(), &preferences), '\0');
  out.resize(
      LZ4F_compressFrame(out.data(), out.size(), content.data(), content.size(), &preferences));
  return out;
}

/// gzip in blocks that say how large they are, as bgzip makes them.
inline std::string bgzf(const std::string& content) {
  constexpr std::size_t kBlock = 60'000;
  std::string out;
  const auto little = [&](unsigned long value, int bytes) {
    for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i) & 0xff);
  };
  for (std::size_t at = 0;; at += kBlock) {
    // The last block is empty.
    const std::string piece = at < content.size() ? content.substr(at, kBlock) : "";
    const std::string whole = gzip(piece);
    const std::string body = whole.substr(10, whole.size() - 18);
    out += std::string("\x1f\x8b\x08\x04\0\0\0\0\0\xff\x06\0BC\x02\0", 16);
    little(body.size() + 25, 2);
    out += body + whole.substr(whole.size() - 8);
    if (piece.empty()) return out;
  }
}

/// Frames of zstd, with one to be skipped behind each.
inline std::string zstd_frames(const std::string& content) {
  constexpr std::size_t kFrame = 100'000;
  std::string out;
  for (std::size_t at = 0; at < content.size(); at += kFrame) {
    out += zstd(content.substr(at, kFrame)) + std::string("\x50\x2a\x4d\x18\2\0\0\0ab", 10);
  }
  return out.empty() ? zstd(out) : out;
}

using Compress = std::string (*)(const std::string&);

/// A way to compress, by the name that messages show.
struct Way {
  const char* name;
  Compress compress;
};
constexpr Way kWays[] = {{"gzip", gzip},       {"zstd", zstd}, {"xz", xz},
                         {"xz", xz_in_blocks}, {"gzip", bgzf}, {"zstd", zstd_frames},
                         {"bzip2", bzip2},     {"lz4", lz4}};

}  // namespace weir::stages::test
