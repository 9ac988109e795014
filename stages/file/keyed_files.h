#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "stages/file/encoded_file.h"
#include "stages/file/folder_tree.h"
#include "stages/file/path_template.h"
#include "weir/kinds.h"
#include "weir/stage.h"

namespace weir::stages::file {

/// How the files of a path with fields are written.
struct KeyedWriting {
  PathTemplate path;
  bool append = false;
  std::string delimiter;
  Codec codec = Codec::none;
  bool bom = false;
  /// The form of what the last stage makes. If it has a header, that is a record without fields,
  /// and each file gets it.
  Framing written;
  std::size_t max_open = 0;
  std::size_t max_files = 0;
};

/// The files of a sink whose path has fields: one for each path that they make. The files that are
/// written least are closed, and go on later.
///
/// A file of many gets few bytes of a batch, and a write for each would cost more than all else. So
/// bytes are gathered for each file and written when there are enough of them, when records come
/// slowly, and at the end.
class KeyedFiles {
 public:
  explicit KeyedFiles(KeyedWriting writing) : writing_(std::move(writing)) {}

  /// `memory` is how much compressors may hold.
  void open(Context& context, std::size_t memory);
  void write(Batch& batch);
  /// Gives all files their names. Throws Error "io" if something that counts as delivered is
  /// missing in one.
  void commit();
  void close();
  std::string leftover() const;

 private:
  using Clock = std::chrono::steady_clock;

  static constexpr std::size_t kEarlier = static_cast<std::size_t>(-1);

  /// The end of a record that is gathered, in all bytes that its file got, and its index in the
  /// batch; kEarlier if it is of an earlier one.
  struct End {
    std::uint64_t at = 0;
    std::size_t index = kEarlier;
  };
  struct KeyedFile {
    KeyedFile(const std::string& path, bool append) : out(path, append) {}
    EncodedFile out;
    std::string gathered;
    std::vector<End> ends;                  ///< Of the records in `gathered`.
    std::uint64_t put = 0;                  ///< The bytes that it got.
    std::uint64_t written = 0;              ///< Of these, those that are written.
    std::size_t charged = 0;                ///< What it takes of the state.
    std::string problem;                    ///< Why bytes that count as delivered are missing.
    bool made = false;                      ///< There is a file.
    bool touched = false;                   ///< It is in `touched_`.
    std::list<KeyedFile*>::iterator place;  ///< In `open_`, while it is open.
  };

  void put(Record& record);
  KeyedFile& file_of(const std::string& path);
  KeyedFile& add(const std::string& path);
  void make_open(const std::string& path, KeyedFile& file);
  void open_now(const std::string& path, KeyedFile& file);
  void close_oldest();
  bool flush(KeyedFile& file);
  bool flush_all();
  bool is_time(std::uint64_t bytes) const;
  void fail_gathered(KeyedFile& file, std::size_t done);
  void end_batch();
  void lower_max_open(std::size_t memory);
  void say(const std::string& text);

  const KeyedWriting writing_;
  Context* context_ = nullptr;
  FolderTree folders_;
  std::unordered_map<std::string, KeyedFile> files_;
  std::vector<std::pair<const std::string*, KeyedFile*>> order_;  ///< As they came.
  std::list<KeyedFile*> open_;       ///< The file that was written last comes first.
  std::vector<KeyedFile*> touched_;  ///< Files with records of this batch.
  Batch* batch_ = nullptr;           ///< The batch that is being written.
  std::string header_;               ///< The header line, once it has come.
  KeyedFile* last_ = nullptr;
  std::string last_path_;
  std::string path_;
  std::vector<char> encoded_;
  std::size_t most_open_ = 0;
  std::size_t record_limit_ = 0;
  std::size_t window_ = 0;
  std::uint64_t gathered_ = 0;
  std::size_t said_ = 0;
  Clock::time_point written_;  ///< The end of the last batch.
  Clock::time_point flushed_;
};

}  // namespace weir::stages::file
