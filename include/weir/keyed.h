#pragma once

#include <memory>

#include "weir/stage.h"

namespace weir {

namespace detail {

/// A KeyedTransform without its State, as the engine sees it.
class KeyedStage : public Stage {
 public:
  virtual std::shared_ptr<void> make_state() const = 0;
  /// What a fresh state is charged with, in bytes.
  virtual std::size_t state_size() const = 0;
  virtual void process_keyed(Record& record, void* state, Call& call) const = 0;
  virtual void finish_keyed(void* state, Call& call) const = 0;
};

}  // namespace detail

/// Has state per value of the stage's `key:`. The records of one key come in order, one at a time,
/// each with that key's own State; those of different keys run in parallel. A State is made when
/// its key first appears; `limits.state` and the key's `max` bound how many there are.
template <class State>
class KeyedTransform : public detail::KeyedStage {
 public:
  virtual void process(Record& record, State& state, Call& call) const = 0;
  /// After the last record, once for each key in the order in which they first appeared: emits what
  /// is left of its state. Not called when the run failed.
  virtual void finish(State& /*state*/, Call& /*call*/) const {}

 private:
  std::shared_ptr<void> make_state() const final { return std::make_shared<State>(); }
  std::size_t state_size() const final { return sizeof(State); }
  void process_keyed(Record& record, void* state, Call& call) const final {
    process(record, *static_cast<State*>(state), call);
  }
  void finish_keyed(void* state, Call& call) const final {
    finish(*static_cast<State*>(state), call);
  }
};

}  // namespace weir
