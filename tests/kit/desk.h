#pragma once

#include <algorithm>
#include <atomic>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "stages/builtin.h"
#include "weir/registry.h"

// These classes stand in for the engine around one call of a stage.

namespace weir::kit {

/// An arena whose blocks come from the heap and are freed together.
class HeapArena final : public detail::Arena {
 public:
  void reset() {
    blocks_.clear();
    begin_ = cursor_ = end_ = nullptr;
  }

 private:
  char* grow(std::size_t size) override {
    const bool own = size >= kOwnBlock;
    const std::size_t block = own ? size : 64 * 1024;
    blocks_.push_back(std::make_unique<char[]>(block + kPadding));
    char* at = blocks_.back().get();
    if (own) return at;
    begin_ = at;
    cursor_ = at + size;
    end_ = at + block;
    return at;
  }

  std::vector<std::unique_ptr<char[]>> blocks_;
};

/// An output whose records are in one array on the heap.
class HeapOutput final : public detail::Output {
 public:
  ~HeapOutput() override { delete[] data_; }
  void clear() { size_ = 0; }

 private:
  void grow() override {
    const std::uint32_t capacity = capacity_ ? 2 * capacity_ : 16;
    auto* data = new detail::RecordData[capacity];
    std::copy(data_, data_ + size_, data);
    delete[] data_;
    data_ = data;
    capacity_ = capacity;
  }
};

/// A host that knows the parts of the input.
class KitHost final : public detail::Host {
 public:
  const Part& part(std::uint32_t part) const override {
    return part < parts.size() ? parts[part] : none;
  }
  std::string_view stage_name(std::uint16_t) const override { return "stage"; }
  Value json_at(std::string_view json, std::span<const std::string> steps,
                detail::Arena& arena) const override {
    return weir::stages::json_at(json, steps, arena);
  }
  std::deque<Part> parts;
  Part none;
};

/// A context that keeps the counters of one stage.
class KitContext final : public Context {
 public:
  KitContext(std::size_t record_limit, int threads, std::uint64_t state_limit)
      : state_(state_limit), record_limit_(record_limit), threads_(threads) {}
  std::string_view stage_name() const override { return "stage"; }
  void log(LogLevel, std::string_view) override {}
  Counter& counter(std::string_view name) override { return counters_[std::string(name)]; }
  int threads() const override { return threads_; }
  std::size_t record_limit() const override { return record_limit_; }
  StateBudget& state() override { return state_; }
  const detail::TimeLanguage& times() const override { return stages::time_language(); }

  std::uint64_t count(const std::string& name) const {
    const auto found = counters_.find(name);
    return found == counters_.end() ? 0 : found->second.value();
  }

 private:
  std::map<std::string, Counter, std::less<>> counters_;
  StateBudget state_;
  std::size_t record_limit_;
  int threads_;
};

/// A call whose surroundings the kit sets.
class KitCall final : public Call {
 public:
  KitCall(HeapOutput& output, HeapArena& arena, const KitHost& host) {
    output_ = &output;
    arena_ = &arena;
    host_ = &host;
    stopping_ = &given_up;
    end_input_ = &ended;
    full_at_ = 5;
  }
  void current(const detail::RecordData* record) { current_ = record; }
  void scratch(void* space) { scratch_ = space; }
  void attempt(int number) { attempt_ = number; }
  void ports(std::size_t count) { ports_ = static_cast<std::uint32_t>(count); }
  bool ended = false;
  std::atomic<bool> given_up{false};
};

/// The memory and the call that one thread uses at a time.
struct Desk {
  Desk(const KitHost& its_host, std::size_t its_limit) : host(its_host), limit(its_limit) {}

  void reset() {
    output.clear();
    arena.reset();
  }
  /// Runs `body`, and makes whatever it throws an error of the record, as the engine does.
  template <class Body>
  void guard(Record record, Body&& body) {
    try {
      body();
      arena.end_call();
    } catch (const detail::RecordTooBig&) {
      fail(record, "too_big", "the record passed limits.record in this stage", true);
    } catch (const Error& e) {
      fail(record, e.kind(), e.what(), e.retryable());
    } catch (const std::exception& e) {
      fail(record, "exception", e.what(), true);
    } catch (...) {
      fail(record, "exception", "unknown exception", true);
    }
  }
  void fail(Record record, std::string_view kind, std::string_view message, bool retryable) {
    arena.begin_call(limit);
    record.fail(kind, message, retryable);
  }

  const KitHost& host;
  std::size_t limit;
  HeapArena arena;
  HeapOutput output;
  KitCall call{output, arena, host};
};

}  // namespace weir::kit
