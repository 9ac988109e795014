#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "stages/file/codec.h"
#include "stages/file/output_file.h"
#include "weir/registry.h"

namespace weir::file {

enum class Compression : std::uint8_t { automatic, none, gzip, zstd };

struct FileWriteOptions {
  std::string path;
  bool append = false;
  std::string delimiter = "\n";
  Compression compression = Compression::automatic;
};

/// Writes the text of records, each followed by the delimiter, to a file. When `write` returns, an
/// uncompressed record is with the operating system or was failed; a compressed one may wait in the
/// compressor, so that what comes out does not depend on how batches are cut.
///
/// Example:
///   - uses: file.write
///     with: { path: out.ndjson.gz }
class FileWrite final : public Sink {
 public:
  explicit FileWrite(const FileWriteOptions& options);

  void open(Context& context) override;
  void write(Batch& batch) override;
  void commit() override;
  void close() override;
  std::string leftover() const override { return file_.leftover(); }
  bool writes_stdout() const override { return options_.path == "-"; }

 private:
  bool put(std::string_view bytes);
  bool flush();
  bool deliver(std::string_view bytes, bool finish);
  void fail_unwritten(Batch& batch);
  bool finish();

  FileWriteOptions options_;
  OutputFile file_;
  Codec codec_;
  std::unique_ptr<Encoder> encoder_;
  std::vector<char> encoded_;
  bool broken_ = false;  ///< A compressed stream lost bytes: nothing can follow.
  bool finished_ = false;
  std::size_t record_limit_ = 0;
  std::string gathered_;             ///< Of this batch, not written yet.
  std::vector<std::uint64_t> ends_;  ///< Where each record put ends, in bytes of this batch.
  std::uint64_t put_ = 0;            ///< Bytes of this batch, and of those:
  std::uint64_t written_ = 0;        ///< written.
};

}  // namespace weir::file

template <>
struct weir::EnumNames<weir::file::Compression> {
  static constexpr std::string_view names[] = {"auto", "none", "gzip", "zstd"};
};
