#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "stages/file/input.h"
#include "stages/file/rules.h"
#include "stages/file/serial_reader.h"
#include "stages/file/split_file.h"
#include "weir/registry.h"

namespace weir::file {

enum class FramingChoice : std::uint8_t { automatic, lines, csv, file };
enum class Streams : std::uint8_t { one, per_file };

struct FileReadOptions {
  std::vector<std::string> path;
  FramingChoice framing = FramingChoice::automatic;
  std::optional<std::string> delimiter;
  std::optional<bool> header;
  std::optional<Bytes> max_line;
  Streams streams = Streams::one;
  char separator = 0;  ///< No option: csv's, if the next stage says it.
};

/// Fills in what the next stage wants where the file leaves it open.
void set_framing(FileReadOptions& options, const Framing& wanted);

/// One for each of the files that `path` names now, with a path of its own; none if one of them
/// cannot be found, which `open` then says; nothing where all are one stream.
std::optional<std::vector<FileReadOptions>> split_streams(const FileReadOptions& options);

/// Reads files one after the other, each a part of the source.
///
/// Example:
///   - uses: file.read
///     with: { path: [access.log.1.gz, access.log], max_line: 64KiB }
class FileRead final : public Source {
 public:
  explicit FileRead(const FileReadOptions& options);

  void open(Context& context) override;
  void close() override;
  bool read(Feed& feed, Stop stop) override;
  void load(Split& split, Feed& feed) const override;
  bool blocking() const override;
  std::optional<std::uint64_t> size() const override;

 private:
  void start_input();
  void hand_out(Feed& feed);
  bool begin_serial(Feed& feed, const Stop& stop, bool wait);
  void next_input();

  FileReadOptions options_;
  Rules rules_;
  std::vector<Input> inputs_;
  // One for each input. Loads touch only those of splits that were handed out.
  mutable std::vector<SplitFile> splits_;
  std::size_t current_ = 0;
  bool splitting_ = false;              ///< The current input is handed out in ranges,
  std::optional<SerialReader> serial_;  ///< or read here; neither: it was not started.
  bool begun_ = false;                  ///< The feed knows of the current part.
};

}  // namespace weir::file

template <>
struct weir::EnumNames<weir::file::FramingChoice> {
  static constexpr std::string_view names[] = {"auto", "lines", "csv", "file"};
};

template <>
struct weir::EnumNames<weir::file::Streams> {
  static constexpr std::string_view names[] = {"one", "per_file"};
};
