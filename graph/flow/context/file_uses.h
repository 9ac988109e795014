#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "graph/compile/plan/plan.h"
#include "weir/file_use.h"

namespace weir::flow {

/// The files that a plan is going to open, compared before any is opened: a file that is written
/// must not be read or written under another name or by another stage. A file that does not exist
/// yet is known by its directory and name.
class FileUses {
 public:
  /// Adds the files of `who`, such as "stage 'read'". Leaves out character devices, pipes and
  /// directories.
  void add(std::string who, std::optional<compile::StageId> stage,
           const std::vector<FileUse>& uses);
  /// Adds the files of a stage of the plan. Throws what the stage throws.
  void add(const compile::Plan& plan, compile::StageId stage);

  /// Two uses of one file that exclude each other.
  struct Clash {
    std::optional<compile::StageId> stage;  ///< The stage that would write it.
    std::string message;
  };
  std::optional<Clash> clash() const;

 private:
  /// The device and inode of a file; for one that does not exist, those of its directory, and its
  /// name.
  using Identity = std::tuple<std::uint64_t, std::uint64_t, std::string>;
  /// One use of one file.
  struct Entry {
    Identity identity;
    FileUse use;
    std::string who;
    std::optional<compile::StageId> stage;
  };
  static std::optional<Identity> identity_of(const FileUse& use);
  static bool go_together(const Entry& one, const Entry& other);
  static std::string message_of(const Entry& writer, const Entry& other);

  std::vector<Entry> entries_;
};

/// Returns why the command line may not read or write these files beside the plan's own; empty if
/// it may.
std::string clash_with(const compile::Plan& plan, const std::vector<FileUse>& uses);

}  // namespace weir::flow
