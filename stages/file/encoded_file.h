#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "stages/file/codec.h"
#include "stages/file/output_file.h"

namespace weir::stages::file {

/// A file of a sink, and what compresses its content.
class EncodedFile {
 public:
  EncodedFile(std::string path, bool append) : file_(std::move(path), append) {}

  OutputFile& file() { return file_; }
  const OutputFile& file() const { return file_; }
  /// Begins a stream, or another member or frame.
  void begin(Codec codec) {
    encoder_ = make_encoder(codec);
    finished_ = false;
  }
  bool compresses() const { return encoder_ != nullptr; }

  /// Writes bytes, or what the compressor makes of them in `room`. Returns how many of them are in
  /// the file; all or none, if they are compressed.
  std::size_t put(std::string_view bytes, std::vector<char>& room) {
    if (!encoder_) return file_.write(bytes);
    return encode(bytes, room, false) ? bytes.size() : 0;
  }
  /// Ends the compressed stream, so that what is there can be read. Returns false if that failed,
  /// or bytes are missing in it.
  bool finish(std::vector<char>& room) {
    if (!encoder_ || finished_) return true;
    finished_ = true;
    return !broken_ && encode({}, room, true);
  }
  /// Ends the stream, and lets go of the compressor.
  bool end(std::vector<char>& room) {
    const bool good = finish(room);
    encoder_.reset();
    return good;
  }
  /// True once bytes of a compressed stream are missing: nothing can follow.
  bool broken() const { return broken_; }

 private:
  bool encode(std::string_view bytes, std::vector<char>& room, bool last) {
    for (;;) {
      const std::size_t size = encoder_->encode(bytes, room, last);
      if (file_.write({room.data(), size}) < size) {
        broken_ = true;
        return false;
      }
      if (bytes.empty() && size < room.size()) return true;
    }
  }

  OutputFile file_;
  std::unique_ptr<Encoder> encoder_;
  bool broken_ = false;
  bool finished_ = false;
};

}  // namespace weir::stages::file
