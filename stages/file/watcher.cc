#include "stages/file/watcher.h"

#include <sys/inotify.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace weir::stages::file {
namespace {

constexpr std::uint32_t kFileEvents = IN_MODIFY | IN_ATTRIB | IN_MOVE_SELF | IN_DELETE_SELF;
constexpr std::uint32_t kDirectoryEvents =
    IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_DELETE_SELF | IN_ONLYDIR;
constexpr std::uint32_t kNameEvents = IN_ATTRIB | IN_MOVE_SELF | IN_DELETE_SELF;

}  // namespace

Watcher::Watcher() : fd_(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) {
  if (!fd_.valid()) refusal_ = errno;
}

int Watcher::add(const std::string& path, std::uint32_t events) {
  if (!fd_.valid()) return -1;
  const int watch = ::inotify_add_watch(fd_.get(), path.c_str(), events);
  // A directory may be gone, or be nobody's to read: that is told where it is listed.
  if (watch < 0 && (errno == ENOSPC || errno == ENOMEM || errno == EMFILE)) refusal_ = errno;
  return watch;
}

int Watcher::watch_file(int fd) {
  // By the descriptor, for its name may stand for another file by now.
  return add("/proc/self/fd/" + std::to_string(fd), kFileEvents);
}

void Watcher::forget(int watch) {
  if (watch >= 0) ::inotify_rm_watch(fd_.get(), watch);
}

void Watcher::watch_directory(const std::string& directory) {
  if (directories_.contains(directory)) return;
  const int watch = add(directory.empty() ? "." : directory, kDirectoryEvents);
  if (watch < 0) return;
  directories_[directory] = watch;
  directory_of_[watch] = directory;
}

bool Watcher::take(const std::function<void(int watch)>& changed) {
  bool renamed = false;
  alignas(inotify_event) char buffer[16 * 1024];
  for (;;) {
    const ssize_t size = fd_.valid() ? ::read(fd_.get(), buffer, sizeof buffer) : 0;
    if (size <= 0) return renamed;
    inotify_event event{};
    for (ssize_t at = 0; at < size; at += static_cast<ssize_t>(sizeof event + event.len)) {
      std::memcpy(&event, buffer + at, sizeof event);
      const auto directory = directory_of_.find(event.wd);
      if (directory != directory_of_.end()) {
        renamed = true;
        if ((event.mask & IN_IGNORED) == 0) continue;
        directories_.erase(directory->second);
        directory_of_.erase(directory);
      } else {
        renamed |= (event.mask & (kNameEvents | IN_Q_OVERFLOW)) != 0;
        if (event.wd >= 0) changed(event.wd);
      }
    }
  }
}

}  // namespace weir::stages::file
