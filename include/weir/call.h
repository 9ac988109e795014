#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>

#include "weir/detail/output.h"
#include "weir/error.h"
#include "weir/record.h"

namespace weir {

/// The engine's side of one call of a stage: what `process` may do beside changing its record.
/// Belongs to the call, and to the thread that makes it.
class Call {
 public:
  /// Returns a new, empty record after those emitted earlier in this call; it has the input's
  /// origin and leaves by output `port` (see `send`). Once a call has emitted a record, its input
  /// does not go on. The handle is valid until the next emit. If the call fails, the records that
  /// it emitted are discarded. Throws Error (kind `port`) if the stage has no such port.
  Record emit(std::size_t port = 0) {
    require_port(port);
    arena_->charge(detail::kRecordCharge);
    detail::RecordData& child = output_->push();
    child.port = static_cast<std::uint8_t>(port);
    if (current_) {
      child.root = current_->root;
      child.part = current_->part;
      child.position = current_->position;
      if (current_->extra) child.extra = extra_of_child(*current_->extra);
    } else {
      child.root = detail::kNoRoot;
    }
    return Record(child, *arena_, *host_);
  }

  /// Returns a new record, as `emit` does, with the text and fields of `record`; the two share them
  /// until one of them is changed.
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

  /// Lets `record` leave by another output than the first: port 0 is `out`; 1, 2, ... are those
  /// that the type declares (`TypeBuilder::port`), in that order. Throws Error (kind `port`) if the
  /// stage has no such port.
  void send(Record& record, std::size_t port) {
    require_port(port);
    record.data().port = static_cast<std::uint8_t>(port);
  }

  /// Ends `record` here, because the stage's state now contains it (outcome `aggregated`).
  void aggregate(Record& record) { record.data().state = detail::RecordState::aggregated; }

  /// Says that this stage needs no further input: the source stops, and records that still arrive
  /// are filtered.
  void end_input() { *end_input_ = true; }

  /// Returns the stage's scratch space: one S for each call that runs at the same time (parsers,
  /// Lua states, buffers). The type declares it with `.scratch<S>()`; the engine makes it from the
  /// stage on first use. Throws Error (kind `scratch`) if the type declares none.
  template <class S>
  S& scratch() {
    if (!scratch_) throw Error("scratch", "the stage type declares no scratch space", false);
    return *static_cast<S*>(scratch_);
  }

  /// Returns whether the run is being abandoned, so that a long call should give up soon.
  bool stopping() const { return stopping_->load(std::memory_order_relaxed); }

  /// Returns whether this call has emitted enough; see `SerialTransform::finish`.
  bool full() const { return output_->size() >= full_at_ || arena_->budget() < full_below_; }

  /// The number of this attempt at the record; 1 for the first.
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
  std::uint32_t ports_ = 1;  ///< The number of ports of the stage.
  int attempt_ = 1;

 private:
  /// A child has its parent's line, but neither its error nor its metadata.
  detail::Extra* extra_of_child(const detail::Extra& parent) {
    if (parent.line == 0) return nullptr;
    auto* const extra = new (arena_->allocate(sizeof(detail::Extra))) detail::Extra();
    extra->line = parent.line;
    return extra;
  }
  void require_port(std::size_t port) const {
    if (port < ports_) return;
    throw Error("port",
                "the stage has no port " + std::to_string(port) + ": it has " +
                    (ports_ == 1 ? "one" : std::to_string(ports_) + ", counted from 0"),
                false);
  }
};

}  // namespace weir
