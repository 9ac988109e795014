#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "stages/file/decode_ahead.h"
#include "stages/file/file_read_options.h"
#include "stages/file/follower.h"
#include "stages/file/input.h"
#include "stages/file/rules.h"
#include "stages/file/serial_reader.h"
#include "stages/file/split_file.h"
#include "weir/file_use.h"
#include "weir/stage.h"

namespace weir::stages::file {

/// Reads files one after the other, each a part of the source.
///
/// Example:
///   - uses: file.read
///     with: { path: [access.log.1.gz, access.log], max_record: 64KiB }
class FileRead final : public Source, public OpensFiles {
 public:
  explicit FileRead(const FileReadOptions& options);

  std::vector<FileUse> files() const override;
  void share_memory(MemoryShare& share) override { decoders_.share = &share; }
  void open(Context& context) override;
  void close() override;
  bool read(Feed& feed, Stop stop) override;
  void load(Split& split, Feed& feed) const override;
  bool blocking() const override;
  bool endless() const override { return options_.follow; }
  std::optional<std::uint64_t> size() const override;

 private:
  bool start_input(Feed& feed, Wanted& wanted);
  void open_current();
  void decode_ahead(const Fd& fd, const Input& input);
  bool start_decoded();
  void hand_out(Feed& feed);
  bool begin_serial(Feed& feed, const Stop& stop, bool wait);
  void split_lines();
  void next_input();

  FileReadOptions options_;
  Rules rules_;
  DecoderMemory::Bound decoders_;
  int threads_ = 1;
  Exclusions exclusions_;
  std::vector<Input> inputs_;
  // One for each input. Loads touch only those of splits that were handed out.
  mutable std::vector<SplitFile> splits_;
  std::size_t current_ = 0;
  bool splitting_ = false;              ///< True while the current input is handed out in ranges.
  std::unique_ptr<DecodeAhead> ahead_;  ///< From the first compressed of several files on.
  /// Reads the current input here. Empty if it is handed out, or was not started.
  std::optional<SerialReader> serial_;
  std::unique_ptr<Follower> follower_;  ///< With `follow`, which then does all of this.
  Fd lines_;                            ///< The current input once more, if its rows may be lines.
  bool begun_ = false;                  ///< True once the feed knows of the current part.
};

}  // namespace weir::stages::file
