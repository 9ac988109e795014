#pragma once

// "In parallel, in order, bounded" as one writes it by hand: numbered batches in a ring of slots.
// Each thread fills the next slot (one thread at a time), works on its batch, and marks it done. A
// thread that finds the oldest slot done hands on all done slots after it, in order. A thread that
// finds the ring full waits.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

namespace bench {

/// A ring of slots for batches.
template <class Batch>
class OrderedRing {
 public:
  explicit OrderedRing(std::size_t slots) : slots_(slots) {}

  /// Runs until the source ends. `source(batch)` fills a batch, or returns false if nothing is
  /// left; `work(batch)` runs concurrently; `sink(batch)` sees the batches in order.
  template <class Source, class Work, class Sink>
  void run(int threads, Source source, Work work, Sink sink) {
    std::vector<std::thread> others;
    const auto body = [&] { loop(source, work, sink); };
    for (int i = 1; i < threads; ++i) others.emplace_back(body);
    body();
    for (std::thread& thread : others) thread.join();
  }

 private:
  struct alignas(64) Slot {
    std::atomic<std::uint64_t> done{0};  ///< The number of its batch + 1, once that is done.
    Batch batch;
  };

  template <class Source, class Work, class Sink>
  void loop(Source& source, Work& work, Sink& sink) {
    for (int waited = 0;;) {
      while (filling_.test_and_set(std::memory_order_acquire)) pause(waited++);
      const std::uint64_t number = next_;
      Slot& slot = slots_[number % slots_.size()];
      const bool full = number - drained_.load(std::memory_order_acquire) >= slots_.size();
      const bool filled = !full && !ended_ && source(slot.batch);
      if (filled) ++next_;
      const bool ended = ended_ = ended_ || (!full && !filled);
      filling_.clear(std::memory_order_release);
      if (ended) return;
      if (full) {
        pause(waited++);
        continue;
      }
      waited = 0;
      work(slot.batch);
      slot.done.store(number + 1);
      drain(sink);
    }
  }

  /// Hands on the batches that are done, in order. All operations are sequentially consistent: if
  /// one thread marks a slot done while another has just looked and stops draining, at least one of
  /// them sees the other.
  template <class Sink>
  void drain(Sink& sink) {
    while (is_done(drained_.load())) {
      if (draining_.exchange(true)) return;
      std::uint64_t number = drained_.load();
      for (; is_done(number); drained_.store(++number)) sink(slots_[number % slots_.size()].batch);
      draining_.store(false);
    }
  }
  bool is_done(std::uint64_t number) const {
    return slots_[number % slots_.size()].done.load() == number + 1;
  }

  static void pause(int waited) {
#ifdef __x86_64__
    if (waited < 200) return __builtin_ia32_pause();
#endif
    if (waited >= 200) std::this_thread::yield();
  }

  std::vector<Slot> slots_;
  alignas(64) std::atomic_flag filling_ = ATOMIC_FLAG_INIT;
  std::uint64_t next_ = 0;
  bool ended_ = false;
  alignas(64) std::atomic<std::uint64_t> drained_{0};
  std::atomic<bool> draining_{false};
};

}  // namespace bench
