#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "weir/memory_share.h"

namespace weir {

/// A file that a stage is going to open. Two stages may name one file differently, so the engine
/// compares the files, not the names.
struct FileUse {
  enum class Way : std::uint8_t {
    reads,
    writes,     ///< Writes into the existing file, or into a new one.
    replaces,   ///< Puts a new file in its place, and leaves the bytes of the old one alone.
    may_write,  ///< Writes or replaces it if a record says so: one of many that are there.
  };

  Way way = Way::reads;
  std::string path;               ///< It need not exist.
  std::optional<int> descriptor;  ///< Standard input or output, or another open descriptor.
  std::string named;              ///< The name as the pipeline writes it.
};

/// A second base, beside `Source` or `Sink`, for a stage that opens files.
class OpensFiles {
 public:
  virtual ~OpensFiles() = default;

  /// Returns the files that `open` is going to open. The engine asks all stages before it opens
  /// any: a run in which one stage would write a file that another reads or writes does not begin.
  /// An exception fails the run, as in `open`.
  virtual std::vector<FileUse> files() const = 0;

  /// Says, before `open`, how many bytes the stage may hold in `open`, such as the window of a
  /// decoder.
  virtual void bound_memory(std::size_t /*bytes*/) {}

  /// Gives a source, between `open` and its first `read`, the share from which it takes what it
  /// holds beside its records. `close` must have given all of it back.
  virtual void share_memory(MemoryShare& /*share*/) {}
};

}  // namespace weir
