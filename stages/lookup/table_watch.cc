#include "stages/lookup/table_watch.h"

#include <utility>

namespace weir::stages::lookup {

std::optional<TableWatch::Mark> TableWatch::mark_of(const std::string& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return std::nullopt;
  const std::int64_t nanoseconds = info.st_mtim.tv_sec * 1'000'000'000 + info.st_mtim.tv_nsec;
  return Mark{info.st_dev, info.st_ino, info.st_size, nanoseconds};
}

void TableWatch::note(const std::string& path) {
  path_ = path;
  mark_ = mark_of(path);
}

void TableWatch::start(std::chrono::nanoseconds every, Changed changed) {
  thread_ = std::jthread([this, every, changed = std::move(changed)](std::stop_token stop) {
    std::unique_lock lock(mutex_);
    while (true) {
      wake_.wait_for(lock, stop, every, [] { return false; });
      if (stop.stop_requested()) return;
      const std::optional<Mark> now = mark_of(path_);
      if (now == mark_) continue;
      mark_ = now;
      changed(stop);
    }
  });
}

void TableWatch::stop() {
  if (!thread_.joinable()) return;
  thread_.request_stop();
  thread_.join();
}

}  // namespace weir::stages::lookup
