#include "runtime/process/last_words.h"

#include <cxxabi.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <new>

#include "graph/flow/memory/memory_fund.h"
#include "graph/flow/run.h"

// All of this may run on any thread, at any moment and without memory, so it takes no lock and
// allocates nothing.

namespace weir::cli {
namespace {

std::atomic<pid_t> armed_in{0};                   // NOLINT: the process's, as std::terminate is
std::atomic<const flow::Run*> going_on{nullptr};  // NOLINT
std::atomic_flag spoken = ATOMIC_FLAG_INIT;       // NOLINT
std::terminate_handler terminate_before;          // NOLINT

bool armed() { return armed_in.load() == ::getpid(); }

void write_line(const char* text) {
  const std::size_t size = std::strlen(text);
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, text, size);
}

/// Reports the reason and ends the process. Only the first thread that calls it does so; others
/// wait for the end.
[[noreturn]] void speak(const char* why) noexcept {
  if (spoken.test_and_set()) {
    for (;;) ::pause();
  }
  char text[512];
  const char* const after = "no report; what was written is not committed";
  if (const flow::Run* const run = going_on.load()) {
    const flow::Run::Counts counts = run->counts();
    std::snprintf(text, sizeof text, "weir: failed: %s\n  read %llu records, delivered %llu; %s\n",
                  why, static_cast<unsigned long long>(counts.read),
                  static_cast<unsigned long long>(counts.delivered), after);
  } else {
    std::snprintf(text, sizeof text, "weir: failed: %s\n", why);
  }
  write_line(text);
  end_process(LastWords::kExitCode);
}

void on_terminate() {
  if (!armed()) {
    if (terminate_before) terminate_before();
    std::abort();
  }
  if (!abi::__cxa_current_exception_type()) speak("std::terminate was called");
  try {
    throw;
  } catch (const std::bad_alloc&) {
    speak(flow::kMemoryRefused);
  } catch (const std::exception& e) {
    char why[256];
    std::snprintf(why, sizeof why, "an exception where none can be caught: %.180s", e.what());
    speak(why);
  } catch (...) {
    speak("an exception where none can be caught");
  }
}

void on_exit_called(int code, void*) {
  if (armed()) exit_called("exit", code);
}

void on_quick_exit() {
  if (armed()) speak("a plugin or a library called quick_exit");
}

/// Functions registered last are called first: before a plugin's own, and before the destructors of
/// its globals.
void register_exits() {
  ::on_exit(on_exit_called, nullptr);
  std::at_quick_exit(on_quick_exit);
}

}  // namespace

LastWords::LastWords() {
  terminate_before = std::set_terminate(on_terminate);
  register_exits();
  armed_in = ::getpid();
}

LastWords::~LastWords() {
  armed_in = 0;
  std::set_terminate(terminate_before);
}

LastWords::Of::Of(const flow::Run& run) {
  register_exits();
  going_on = &run;
}

LastWords::Of::~Of() { going_on = nullptr; }

void end_process(int code) noexcept {
  for (;;) ::syscall(SYS_exit_group, code);
}

void exit_called(const char* function, int code) noexcept {
  if (!armed()) end_process(code);
  char why[96];
  std::snprintf(why, sizeof why, "a plugin or a library called %s(%d)", function, code);
  speak(why);
}

}  // namespace weir::cli
