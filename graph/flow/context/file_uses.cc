#include "graph/flow/context/file_uses.h"

#include <sys/stat.h>

#include <algorithm>
#include <utility>

#include "weir/in_quotes.h"

namespace weir::flow {
namespace {

std::string directory_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

bool writes(const FileUse& use) { return use.way != FileUse::Way::reads; }

}  // namespace

std::optional<FileUses::Identity> FileUses::identity_of(const FileUse& use) {
  struct stat info {};
  if (use.descriptor) {
    if (::fstat(*use.descriptor, &info) != 0) return std::nullopt;
  } else if (::stat(use.path.c_str(), &info) != 0) {
    if (::stat(directory_of(use.path).c_str(), &info) != 0) return std::nullopt;
    return Identity{info.st_dev, info.st_ino, use.path.substr(use.path.rfind('/') + 1)};
  }
  if (S_ISBLK(info.st_mode)) return Identity{info.st_rdev, 0, "/"};  // No name has a slash.
  if (!S_ISREG(info.st_mode)) return std::nullopt;
  return Identity{info.st_dev, info.st_ino, ""};
}

void FileUses::add(std::string who, std::optional<compile::StageId> stage,
                   const std::vector<FileUse>& uses) {
  for (const FileUse& use : uses) {
    if (const auto identity = identity_of(use)) entries_.push_back({*identity, use, who, stage});
  }
}

void FileUses::add(const compile::Plan& plan, compile::StageId stage) {
  if (!plan.opens(stage)) return;
  const compile::PlannedStage& planned = plan.stages[stage];
  if (const auto* opens = dynamic_cast<const OpensFiles*>(planned.stage.get())) {
    add("stage " + in_quotes(planned.name), stage, opens->files());
  }
}

bool FileUses::go_together(const Entry& one, const Entry& other) {
  const FileUse& a = one.use;
  const FileUse& b = other.use;
  if (!writes(a) && !writes(b)) return true;
  if (one.stage && one.stage == other.stage) return true;  // PATH.partial may be linked to PATH.
  // Of what both may write, the run will show whether they do.
  const bool sure = a.way != FileUse::Way::may_write && b.way != FileUse::Way::may_write;
  // Two sinks on one stream take turns.
  if (writes(a) && writes(b)) return !sure || (a.descriptor && b.descriptor);
  // A file may be replaced by what was made of it. That is deliberate if both name it alike.
  const FileUse& written = writes(a) ? a : b;
  return written.way == FileUse::Way::replaces && a.named == b.named;
}

std::string FileUses::message_of(const Entry& writer, const Entry& other) {
  const bool same = writer.use.named == other.use.named;
  return "cannot write '" + writer.use.named +
         "': " + (same ? "" : "it is '" + other.use.named + "', which ") + other.who +
         (writes(other.use) ? " writes" : " reads") + (same ? " it, too" : "");
}

std::optional<FileUses::Clash> FileUses::clash() const {
  std::vector<const Entry*> sorted;
  for (const Entry& entry : entries_) sorted.push_back(&entry);
  std::stable_sort(sorted.begin(), sorted.end(), [](const Entry* a, const Entry* b) {
    return a->identity < b->identity ||
           (a->identity == b->identity && writes(a->use) > writes(b->use));
  });
  // The writers of a file come first, and each is compared with all entries behind it.
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    const Entry& writer = *sorted[i];
    if (!writes(writer.use)) continue;
    for (std::size_t j = i + 1; j < sorted.size(); ++j) {
      const Entry& other = *sorted[j];
      if (other.identity != writer.identity) break;
      if (go_together(writer, other)) continue;
      return Clash{writer.stage, message_of(writer, other)};
    }
  }
  return std::nullopt;
}

std::string clash_with(const compile::Plan& plan, const std::vector<FileUse>& uses) {
  FileUses all;
  all.add("the command line", std::nullopt, uses);
  if (const auto clash = all.clash()) return clash->message;
  for (const compile::StageId i : plan.stages.ids()) {
    FileUses both = all;
    try {
      both.add(plan, i);
    } catch (...) {
      continue;  // The run will report it.
    }
    if (const auto clash = both.clash()) return clash->message;
  }
  return {};
}

}  // namespace weir::flow
