#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "stages/file/codec.h"
#include "stages/file/keyed_files.h"
#include "stages/file/output_file.h"
#include "weir/registry.h"

namespace weir::stages::file {

enum class Compression : std::uint8_t { automatic, none, gzip, zstd };

/// The options of `file.write`.
struct FileWriteOptions {
  PathTemplate path;
  int max_open = 100;
  int max_files = 10'000;
  bool append = false;
  std::string delimiter = "\n";
  Compression compression = Compression::automatic;
  bool bom = false;
  Framing written;  ///< Not an option: the form of what the last stage makes.
};

/// Notes the form of the text that the last stage makes.
void set_written(FileWriteOptions& options, const Framing& framing);

/// Writes the text of records, each followed by the delimiter, to a file. When `write` returns, an
/// uncompressed record is with the operating system or was failed; a compressed one may wait in the
/// compressor, so that what comes out does not depend on how batches are cut.
///
/// Example:
///   - uses: file.write
///     with: { path: out.ndjson.gz }
class FileWrite final : public Sink, public OpensFiles {
 public:
  explicit FileWrite(const FileWriteOptions& options);

  void open(Context& context) override;
  void write(Batch& batch) override;
  void commit() override;
  void close() override;
  std::string leftover() const override { return keyed_ ? keyed_->leftover() : file_.leftover(); }
  bool writes_stdout() const override { return !keyed_ && file_.is_stdout(); }
  /// Of files by key, what is there and may be written over. Two sinks that meet on one name fail.
  std::vector<FileUse> files() const override;
  bool reader_gone() const override { return !keyed_ && file_.reader_gone(); }
  void bound_memory(std::size_t bytes) override { window_ = bytes; }

 private:
  bool put(std::string_view bytes);
  bool flush();
  bool deliver(std::string_view bytes, bool finish);
  void fail_unwritten(Batch& batch);
  bool finish();
  void begin_file();

  FileWriteOptions options_;
  std::unique_ptr<KeyedFiles> keyed_;  ///< For a path with fields, which then does all of this.
  OutputFile file_;
  Codec codec_;
  std::unique_ptr<Encoder> encoder_;
  std::vector<char> encoded_;
  /// True once bytes of a compressed stream are missing: nothing can follow.
  bool broken_ = false;
  bool finished_ = false;
  std::size_t record_limit_ = 0;
  /// The bytes that a decoder of the existing file may hold.
  std::size_t window_ = kWindow;
  /// The bytes of this batch that are not written yet.
  std::string gathered_;
  /// The end of each record, in bytes of this batch.
  std::vector<std::uint64_t> ends_;
  /// The bytes of this batch so far.
  std::uint64_t put_ = 0;
  /// The bytes of this batch that are written.
  std::uint64_t written_ = 0;
};

}  // namespace weir::stages::file

template <>
struct weir::EnumNames<weir::stages::file::Compression> {
  static constexpr std::string_view names[] = {"auto", "none", "gzip", "zstd"};
};
