#pragma once

#include <cstddef>
#include <exception>
#include <span>

#include "weir/error.h"
#include "weir/record.h"

namespace weir {

/// Consecutive records, in order, that a stage works on in one call. No output depends on how
/// records are cut into batches.
class Batch {
 public:
  Batch(std::span<detail::RecordData> records, detail::Arena& arena, const detail::Host& host,
        std::size_t record_limit, bool stop_at_failure = false)
      : records_(records),
        arena_(&arena),
        host_(&host),
        record_limit_(record_limit),
        stop_at_failure_(stop_at_failure) {}

  std::size_t size() const { return records_.size(); }
  Record operator[](std::size_t index) const {
    arena_->set_budget(record_limit_);
    return Record(records_[index], *arena_, *host_);
  }

  /// Calls `body(Record&)` for every live record, in order. An exception from `body` becomes the
  /// error of its record. In a sink with `on_error: fail`, stops after the first record that fails.
  template <class Body>
  void each(Body&& body) const {
    for (detail::RecordData& data : records_) {
      if (data.state != detail::RecordState::live) continue;
      Record record(data, *arena_, *host_);
      arena_->set_budget(record_limit_);
      try {
        body(record);
        arena_->end_call();
      } catch (const detail::OutOfMemory&) {
        throw;
      } catch (const detail::RecordTooBig&) {
        throw_away(record, "too_big", "the record passed limits.record in this stage");
      } catch (const Error& e) {
        throw_away(record, e.kind(), e.what());
      } catch (const std::exception& e) {
        throw_away(record, "exception", e.what());
      } catch (...) {
        throw_away(record, "exception", "unknown exception");
      }
      if (stop_at_failure_ && data.state == detail::RecordState::failed) return;
    }
  }

 private:
  /// Fails the record, unless the arena refused memory during the call: then throws OutOfMemory.
  void throw_away(Record& record, std::string_view kind, std::string_view message) const {
    if (arena_->refusal() == detail::Refusal::memory) arena_->end_call();
    arena_->begin_call(record_limit_);
    record.fail(kind, message);
  }

  std::span<detail::RecordData> records_;
  detail::Arena* arena_;
  const detail::Host* host_;
  std::size_t record_limit_;
  bool stop_at_failure_;
};

}  // namespace weir
