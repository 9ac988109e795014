// Loaded before a program by LD_PRELOAD, takes from it what is never twice the same: the time and
// chance. What it does then follows from its input alone, so that two runs of one program take the
// same number of instructions, whatever else the machine does.
//
// Batches are as long as a fifth of a millisecond lasts. Here each look at the clock takes a tenth
// of a microsecond and nothing else takes any time, so all batches have the largest size that the
// pacer allows.

#include <dlfcn.h>
#include <pthread.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdarg>
#include <cstdint>
#include <cstring>
#include <random>

namespace {

using std::chrono::nanoseconds;
using std::chrono::steady_clock;

constexpr std::int64_t kLookNs = 100;
std::atomic<std::int64_t> looks{1};
std::atomic<unsigned> drawn{0};

nanoseconds now() { return nanoseconds(looks.load() * kLookNs); }

template <class F>
F next(const char* name) {
  return reinterpret_cast<F>(dlsym(RTLD_NEXT, name));
}

nanoseconds time_of(const timespec& spec) {
  return std::chrono::seconds(spec.tv_sec) + nanoseconds(spec.tv_nsec);
}

timespec spec_of(nanoseconds time) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(time);
  return {static_cast<time_t>(seconds.count()), static_cast<long>((time - seconds).count())};
}

}  // namespace

steady_clock::time_point steady_clock::now() noexcept {
  return time_point(nanoseconds(looks.fetch_add(1) * kLookNs));
}

/// Hash tables have a secret of the process.
std::random_device::result_type std::random_device::_M_getval() {
  return (drawn.fetch_add(1) + 1) * 2654435769U;
}

/// A wait is as long as on the true clock, which goes on meanwhile: threads look after others that
/// way.
extern "C" int pthread_cond_clockwait(pthread_cond_t* changed, pthread_mutex_t* mutex,
                                      clockid_t clock, const timespec* until) {
  static const auto wait = next<decltype(&pthread_cond_clockwait)>("pthread_cond_clockwait");
  if (clock != CLOCK_MONOTONIC) return wait(changed, mutex, clock, until);
  timespec at;
  clock_gettime(clock, &at);
  at = spec_of(time_of(at) + std::max(nanoseconds(0), time_of(*until) - now()));
  return wait(changed, mutex, clock, &at);
}

/// LuaJIT draws where its machine code stands, and when it tries again to make some.
extern "C" long syscall(long number, ...) noexcept {
  static const auto call = next<long (*)(long, ...)>("syscall");
  va_list list;
  va_start(list, number);
  long words[6];
  for (long& word : words) word = va_arg(list, long);
  va_end(list);
  if (number == SYS_getrandom) {
    std::memset(reinterpret_cast<void*>(words[0]), 0x5a, static_cast<std::size_t>(words[1]));
    return words[1];
  }
  return call(number, words[0], words[1], words[2], words[3], words[4], words[5]);
}
