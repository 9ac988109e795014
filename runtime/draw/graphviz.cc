#include "runtime/draw/graphviz.h"

#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

extern char** environ;

namespace weir::cli {
namespace {

using File = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

/// The child process that runs `dot`. Its input and output are files, so that neither side waits
/// for the other to read.
class Child {
 public:
  Child(int input, int output) {
    ::posix_spawn_file_actions_init(&actions_);
    ::posix_spawn_file_actions_adddup2(&actions_, input, STDIN_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions_, output, STDOUT_FILENO);
    ::posix_spawnattr_init(&attributes_);
    sigset_t defaults;
    ::sigemptyset(&defaults);
    ::sigaddset(&defaults, SIGPIPE);
    ::posix_spawnattr_setsigdefault(&attributes_, &defaults);
    ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGDEF);
  }
  ~Child() {
    ::posix_spawn_file_actions_destroy(&actions_);
    ::posix_spawnattr_destroy(&attributes_);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  /// Returns 0, or the error number of the failure to start it.
  int start() {
    std::string name = "dot";
    std::string format = "-Tsvg";
    char* const arguments[] = {name.data(), format.data(), nullptr};
    return ::posix_spawnp(&id_, "dot", &actions_, &attributes_, arguments, environ);
  }
  /// Waits for its end; returns whether it ended well.
  bool wait() {
    int status = 0;
    while (::waitpid(id_, &status, 0) < 0) {
      if (errno != EINTR) return false;
    }
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
  }

 private:
  posix_spawn_file_actions_t actions_;
  posix_spawnattr_t attributes_;
  pid_t id_ = -1;
};

std::string rest_of(std::FILE* file) {
  std::string text;
  std::string chunk(1 << 16, '\0');
  std::rewind(file);
  while (const std::size_t got = std::fread(chunk.data(), 1, chunk.size(), file)) {
    text.append(chunk, 0, got);
  }
  return text;
}

GraphvizAnswer failed(std::string problem, std::string hint = {}) {
  return {{}, "cannot make an SVG: " + std::move(problem), std::move(hint)};
}

}  // namespace

GraphvizAnswer svg_of(const std::string& dot) {
  const File input(std::tmpfile(), &std::fclose);
  const File output(std::tmpfile(), &std::fclose);
  if (!input || !output) return failed(std::string("no temporary file: ") + std::strerror(errno));
  const bool written = std::fwrite(dot.data(), 1, dot.size(), input.get()) == dot.size();
  if (!written || std::fflush(input.get()) != 0) return failed(std::strerror(errno));
  std::rewind(input.get());
  Child child(::fileno(input.get()), ::fileno(output.get()));
  if (const int wrong = child.start(); wrong != 0) {
    if (wrong != ENOENT) return failed(std::string("'dot': ") + std::strerror(wrong));
    return failed("'dot' is not on the PATH",
                  "it is part of Graphviz (package 'graphviz'); or use --dot or Mermaid");
  }
  if (!child.wait()) return failed("'dot' failed");
  GraphvizAnswer answer;
  answer.svg = rest_of(output.get());
  return answer;
}

}  // namespace weir::cli
