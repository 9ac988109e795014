#pragma once

#include <atomic>
#include <cstdint>

#include "weir/detail/output.h"
#include "weir/record.h"

namespace weir {

/// One call of a stage: what `process` has beside its record. Belongs to the call, on its thread.
class Call {
 public:
  /// A new, empty record behind those emitted earlier in this call; it has the input's origin.
  /// Once something was emitted, the input itself does not go on. The handle is valid until the
  /// next emit. If the call fails, what it emitted is discarded.
  /// `port`: by which of the stage's ports it leaves (see `send`).
  Record emit(std::uint8_t port = 0) {
    arena_->charge(detail::kRecordCharge);
    detail::RecordData& child = output_->push();
    child.port = port;
    if (current_) {
      child.root = current_->root;
      child.part = current_->part;
      child.position = current_->position;
    } else {
      child.root = detail::kNoRoot;
    }
    return Record(child, *arena_, *host_);
  }

  /// The same with the text and fields of `record`, shared until one of the two changes them.
  Record emit_copy(Record& record) {
    record.data().flags |= detail::kFieldsShared;
    const detail::RecordData source = record.data();
    Record child = emit();
    const std::uint32_t root = child.data().root;
    child.data() = source;
    child.data().root = root;
    child.data().port = 0;
    child.data().state = detail::RecordState::live;
    return child;
  }

  /// Lets `record` leave by another port than the first: 0 is `out`, 1, 2, ... are those that the
  /// type declares (`TypeBuilder::port`), in that order.
  void send(Record& record, std::uint8_t port) { record.data().port = port; }

  /// Ends `record` here: its content is now in the stage's state (outcome `aggregated`).
  void aggregate(Record& record) { record.data().state = detail::RecordState::aggregated; }

  /// This stage needs no further input: the source stops, and what still arrives is filtered.
  void end_input() { *end_input_ = true; }

  /// The stage's scratch space: one S per call that runs at the same time (parsers, Lua states,
  /// buffers). Declared with `.scratch<S>()`; made from the stage on first use.
  template <class S>
  S& scratch() {
    return *static_cast<S*>(scratch_);
  }

  /// Whether the run is being abandoned: a long call should give up soon.
  bool stopping() const { return stopping_->load(std::memory_order_relaxed); }

  /// Whether enough was emitted for one go; see `SerialTransform::finish`.
  bool full() const { return output_->size() >= full_at_ || arena_->budget() < full_below_; }

  /// 1 for the first attempt.
  int attempt() const { return attempt_; }

 protected:
  detail::Output* output_ = nullptr;
  const detail::RecordData* current_ = nullptr;  ///< Null in `begin` and `finish`.
  detail::Arena* arena_ = nullptr;
  const detail::Host* host_ = nullptr;
  void* scratch_ = nullptr;
  const std::atomic<bool>* stopping_ = nullptr;
  bool* end_input_ = nullptr;
  std::uint32_t full_at_ = 1024;
  std::size_t full_below_ = 0;
  int attempt_ = 1;
};

}  // namespace weir
