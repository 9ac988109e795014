#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "stages/file/encoded_file.h"
#include "stages/file/file_buffers.h"
#include "stages/file/folder_tree.h"
#include "stages/file/keyed_writing.h"
#include "weir/stage.h"

namespace weir::stages::file {

/// One of the files of a path with fields.
struct KeyedFile {
  KeyedFile(std::string of, bool append) : path(std::move(of)), out(path, append) {}

  std::string path;
  EncodedFile out;
  std::string problem;      ///< Why bytes that count as delivered are missing.
  std::size_t charged = 0;  ///< What it takes of the state.
  bool made = false;        ///< There is a file.
  bool begun = false;       ///< What comes before the first record is there, or was before.
};

/// The files of a path with fields, numbered as they come. Only some of them are open; the others
/// go on when they are opened again.
class OpenFiles {
 public:
  /// Borrows `writing`.
  explicit OpenFiles(const KeyedWriting& writing) : writing_(writing) {}

  /// `memory` is how much compressors may hold, `most` how many files may be open.
  void open(Context& context, std::size_t memory, std::size_t most);
  /// Adds a file, which is not made yet. Throws Error "too_many_files" or "state_full".
  void add(const std::string& path);
  KeyedFile& operator[](std::uint32_t number) { return files_[number]; }

  std::size_t open_count() const { return open_.size(); }
  bool full() const { return open_.size() >= most_open_; }
  /// Returns which of the open files was used least lately, going by `buffers`.
  std::uint32_t oldest(const FileBuffers& buffers);
  /// Closes the one that `oldest` has returned. Its stream ends; another one goes on.
  void park_oldest();
  /// Opens a file, for the first time or again; at the first, `header` begins it. Throws Error.
  void make_open(std::uint32_t number, std::uint64_t used, const std::string& header);
  /// Writes bytes to an open file. Returns how many are in it.
  std::size_t put(std::uint32_t number, std::string_view bytes) {
    return files_[number].out.put(bytes, encoded_);
  }

  /// Gives all files their names. Throws Error "io" if something that counts as delivered is
  /// missing in one.
  void commit();
  void close();
  std::string leftover() const;

 private:
  /// An open file, and when it was used, as was known when it was put in its place.
  struct Open {
    std::uint64_t used = 0;
    std::uint32_t number = 0;

    /// The heap has the one on top that is less than none.
    bool operator<(const Open& other) const { return used > other.used; }
  };

  void open_now(KeyedFile& file);
  void begin(KeyedFile& file, const std::string& header);
  void say(const std::string& text);

  const KeyedWriting& writing_;
  Context* context_ = nullptr;
  FolderTree folders_;
  std::deque<KeyedFile> files_;
  std::vector<Open> open_;  ///< A heap.
  std::vector<char> encoded_;
  std::size_t most_open_ = 0;
  std::size_t memory_ = 0;
  std::size_t said_ = 0;
};

}  // namespace weir::stages::file
