#pragma once

namespace weir::flow {
class Run;
}

namespace weir::cli {

/// Makes sure that the process does not end without a word while an object of this class exists.
/// std::terminate (an exception where none can be caught, as in oneTBB's nodes), and a call of
/// exit, quick_exit or _exit by a plugin or a library, then end it with a line on standard error
/// and exit code 1. Nothing is committed: the output of a sink keeps the name of its partial file.
/// At most one object exists at a time.
class LastWords {
 public:
  static constexpr int kExitCode = 1;

  LastWords();
  ~LastWords();
  LastWords(const LastWords&) = delete;
  LastWords& operator=(const LastWords&) = delete;

  /// While one exists, the last words include what `run` has read and delivered.
  class Of {
   public:
    explicit Of(const flow::Run& run);
    ~Of();
    Of(const Of&) = delete;
    Of& operator=(const Of&) = delete;
  };
};

/// Ends the process at once, as _exit does; for places where that is intended.
[[noreturn]] void end_process(int code) noexcept;

/// Reports that `function` was called; for the definition of _exit that weir puts before the C
/// library's (main.cc).
[[noreturn]] void exit_called(const char* function, int code) noexcept;

}  // namespace weir::cli
