#include "stages/file/input_stream.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "weir/positioned_error.h"

namespace weir::stages::file {
namespace {

constexpr std::size_t kRawBuffer = std::size_t{64} * 1024;

}  // namespace

InputStream::InputStream(Fd fd, std::string path, const Options& options)
    : fd_(std::move(fd)), path_(std::move(path)), options_(options), raw_(kRawBuffer) {}

InputStream::InputStream(std::unique_ptr<DecodedBytes> decoded, std::string path)
    : path_(std::move(path)), elsewhere_(std::move(decoded)) {}

InputStream::Got InputStream::read(std::span<char> out, const Stop& stop, bool wait) {
  if (elsewhere_) return elsewhere_->read(out, stop);
  if (!detected_ && !detect(stop, wait)) return {};
  return decoder_ ? read_decoded(out, stop, wait) : read_plain(out, stop, wait);
}

InputStream::Got InputStream::read_plain(std::span<char> out, const Stop& stop, bool wait) {
  if (!raw_left_.empty()) {
    const std::size_t size = std::min(out.size(), raw_left_.size());
    std::memcpy(out.data(), raw_left_.data(), size);
    raw_left_.remove_prefix(size);
    return {size, false};
  }
  if (!raw_.empty()) std::vector<char>().swap(raw_);
  if (ended_) return {0, true};
  if (!ready(stop, wait)) return {};
  const ssize_t n = read_some(out.data(), out.size());
  return {static_cast<std::size_t>(std::max<ssize_t>(n, 0)), ended_};
}

InputStream::Got InputStream::read_decoded(std::span<char> out, const Stop& stop, bool wait) {
  for (;;) {
    const std::size_t size = decoder_->decode(raw_left_, out, ended_);
    decoded_ += size;
    if (size > 0) return {size, false};
    const std::string failure = decoder_->failure();
    if (!failure.empty()) fail(failure);
    if (decoder_->waits_for_memory()) throw detail::OutOfMemory{};
    if (!raw_left_.empty()) continue;
    if (ended_) {
      if (!decoder_->complete()) fail("ends too early");
      return {0, true};
    }
    if (fill(stop, wait) == Fill::nothing) return {};
  }
}

/// Looks at the first bytes. Returns false if they are not there yet.
bool InputStream::detect(const Stop& stop, bool wait) {
  if (options_.plain || options_.codec) {
    if (options_.codec) begin_decoding(*options_.codec);
    return detected_ = true;
  }
  Detected start;
  while (!detect_codec(raw_left_.substr(0, kMagicSize), ended_, start)) {
    if (fill(stop, wait) == Fill::nothing) return false;
  }
  if (start.foreign && !options_.any_bytes) {
    throw Error("io", "expected text or gzip | zstd | xz | bzip2 | lz4 in '" + path_ + "', got " +
                          start.foreign + "; 'compression: none' reads it as it is");
  }
  begin_decoding(start.codec);
  detected_ = true;
  return true;
}

void InputStream::begin_decoding(Codec codec) {
  codec_ = codec;
  decoder_ = make_decoder(codec_, options_.memory, options_.threads);
}

/// Reads more raw bytes behind those that are left.
InputStream::Fill InputStream::fill(const Stop& stop, bool wait) {
  if (!ready(stop, wait)) return Fill::nothing;
  const std::size_t kept = raw_left_.size();
  if (kept > 0) std::memmove(raw_.data(), raw_left_.data(), kept);
  const ssize_t n = read_some(raw_.data() + kept, raw_.size() - kept);
  raw_left_ = {raw_.data(), kept + static_cast<std::size_t>(std::max<ssize_t>(n, 0))};
  if (ended_) return Fill::end;
  return n > 0 ? Fill::some : Fill::nothing;
}

/// Returns whether a read would not wait. Returns false after a request to stop.
bool InputStream::ready(const Stop& stop, bool wait) const {
  if (!options_.waits) return !stop.requested();
  pollfd fds[2] = {{fd_.get(), POLLIN, 0}, {stop.fd(), POLLIN, 0}};
  for (;;) {
    if (stop.requested()) return false;
    const int n = ::poll(fds, 2, wait ? -1 : 0);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) throw io_error("wait for", path_, errno);
    return fds[1].revents == 0 && fds[0].revents != 0;
  }
}

/// Makes one read. Sets `ended_` at the end, and returns -1 if there was nothing after all.
ssize_t InputStream::read_some(char* to, std::size_t size) {
  size = static_cast<std::size_t>(
      std::min<std::uint64_t>(size, options_.end - options_.begin - raw_read_));
  for (;;) {
    const ssize_t n = size > 0 ? ::read(fd_.get(), to, size) : 0;
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return -1;
    if (n < 0) throw io_error("read", path_, errno);
    if (n == 0) ended_ = !options_.grows;
    raw_read_ += static_cast<std::uint64_t>(n);
    return n;
  }
}

void InputStream::jump(std::uint64_t offset) {
  if (::lseek(fd_.get(), static_cast<off_t>(offset), SEEK_SET) < 0) {
    throw io_error("read", path_, errno);
  }
  detected_ = true;
  raw_left_ = {};
}

void InputStream::fail(const std::string& what) const {
  throw PositionedError("io",
                        "the " + std::string(codec_name(codec_)) + " data in '" + path_ + "' " +
                            what + ", at byte " +
                            std::to_string(options_.begin + raw_read_ - raw_left_.size()),
                        decoded_);
}

}  // namespace weir::stages::file
