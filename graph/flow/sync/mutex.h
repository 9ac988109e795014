#pragma once

#include <condition_variable>
#include <mutex>
#include <utility>

// Clang checks what these say (-Wthread-safety); other compilers see nothing of it.
#if defined(__clang__)
#define WEIR_THREAD_ATTRIBUTE(attribute) __attribute__((attribute))
#else
#define WEIR_THREAD_ATTRIBUTE(attribute)
#endif

/// The member is read and written with this mutex only.
#define WEIR_GUARDED_BY(mutex) WEIR_THREAD_ATTRIBUTE(guarded_by(mutex))
/// The function is called with this mutex only.
#define WEIR_REQUIRES(mutex) WEIR_THREAD_ATTRIBUTE(requires_capability(mutex))
/// For classes like `Lock`, whose own code is not checked.
#define WEIR_ACQUIRES(...) WEIR_THREAD_ATTRIBUTE(acquire_capability(__VA_ARGS__))
#define WEIR_RELEASES(...) WEIR_THREAD_ATTRIBUTE(release_capability(__VA_ARGS__))
#define WEIR_CAPABILITY(kind) WEIR_THREAD_ATTRIBUTE(capability(kind))
#define WEIR_UNCHECKED WEIR_THREAD_ATTRIBUTE(no_thread_safety_analysis)
#define WEIR_SCOPED_LOCK WEIR_THREAD_ATTRIBUTE(scoped_lockable)

namespace weir::flow {

/// A std::mutex whose guarded members clang's thread safety analysis knows.
class WEIR_CAPABILITY("mutex") Mutex {
 private:
  friend class Lock;
  std::mutex mutex_;
};

/// Holds a Mutex while it exists, and waits for conditions under it.
class WEIR_SCOPED_LOCK Lock {
 public:
  explicit Lock(Mutex& mutex) WEIR_ACQUIRES(mutex) : lock_(mutex.mutex_) {}
  ~Lock() WEIR_RELEASES() {}
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;

  void unlock() WEIR_RELEASES() { lock_.unlock(); }
  void lock() WEIR_ACQUIRES() { lock_.lock(); }

  // As those of std::condition_variable.
  template <class Condition>
  void wait(std::condition_variable& changed, Condition holds) {
    changed.wait(lock_, std::move(holds));
  }
  template <class Time, class Condition>
  bool wait_until(std::condition_variable& changed, Time until, Condition holds) {
    return changed.wait_until(lock_, until, std::move(holds));
  }
  template <class Duration, class Condition>
  bool wait_for(std::condition_variable& changed, Duration time, Condition holds) {
    return changed.wait_for(lock_, time, std::move(holds));
  }

 private:
  std::unique_lock<std::mutex> lock_;
};

}  // namespace weir::flow
