#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "stages/file/file_buffers.h"
#include "stages/file/keyed_writing.h"
#include "stages/file/open_files.h"
#include "stages/file/path_key.h"
#include "weir/stage.h"

namespace weir::stages::file {

/// The files of a sink whose path has fields: one for each path that they make. The files that are
/// written least are closed, and go on later.
///
/// A file of many gets few bytes of a batch, and a write for each would cost more than all else. So
/// records are gathered for each file and written when there are enough of them, when records come
/// slowly, and at the end. What is looked up for a record is most often in no near cache, so that a
/// batch is gone through twice: at the second time it was fetched meanwhile.
class KeyedFiles {
 public:
  explicit KeyedFiles(KeyedWriting writing)
      : writing_(std::move(writing)), key_(writing_.path), files_(writing_) {}

  /// `memory` is how much compressors and what is gathered may hold.
  void open(Context& context, std::size_t memory);
  void write(Batch& batch);
  /// Gives all files their names. Throws Error "io" if something that counts as delivered is
  /// missing in one.
  void commit();
  void close();
  std::string leftover() const { return files_.leftover(); }

 private:
  using Clock = std::chrono::steady_clock;

  static constexpr std::uint32_t kNew = FileBuffers::kNone;  ///< Perhaps of no file that there is.
  static constexpr std::uint32_t kHeader = kNew - 1;
  static constexpr std::uint32_t kUnseen = kNew - 2;

  /// What was found for a record.
  struct Found {
    const char* key = nullptr;  ///< Null: `file` is no guess.
    std::uint32_t key_size = 0;
    std::uint32_t file = kUnseen;
  };

  std::size_t lower_max_open(std::size_t compressors, std::size_t buffers);
  void find(Batch& batch);
  Found found_for(const Record& record);
  void gather(Batch& batch);
  void fetch(std::size_t index) const;
  bool is_known(const Found& found) const;
  void put(const Record& record, Found& found);
  std::uint32_t number_of(const Record& record);
  void make_room(std::uint32_t number);
  void put_through(std::uint32_t number, const Record& record);
  bool flush(std::uint32_t number);
  void flush_all();
  bool is_time() const;
  void end_batch();
  void fail_gathered(std::uint32_t number, std::size_t done);
  bool fail_last(std::uint32_t number, std::size_t& before);

  const KeyedWriting writing_;
  PathKey key_;
  OpenFiles files_;
  FileBuffers buffers_;
  Context* context_ = nullptr;
  Batch* batch_ = nullptr;  ///< The batch that is being written.
  std::vector<Found> found_;
  std::size_t reached_ = 0;    ///< The record of the batch that is being put.
  std::uint64_t records_ = 0;  ///< The records of all batches before.
  std::uint64_t bytes_ = 0;    ///< Those of this batch, and the files that got them.
  std::uint64_t touched_ = 0;
  std::string header_;  ///< The header line, once it has come.
  std::string path_;
  Clock::time_point written_;  ///< The end of the last batch.
  Clock::time_point flushed_;
};

}  // namespace weir::stages::file
