#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "weir/field.h"
#include "weir/stage.h"

namespace weir {

/// The value of `key`: the fields by which records belong together, and a bound on the number of
/// keys with state.
struct KeyPolicy {
  enum class WhenFull : std::uint8_t { error, evict };
  std::vector<Field> fields;  ///< Empty if the stage has no key.
  std::uint64_t max = 0;  ///< The most keys that have state; 0: as many as fit in `limits.state`.
  /// The action for a record whose key finds no room: it fails (`state_full`), or the state of the
  /// key that was not seen for longest is removed.
  WhenFull when_full = WhenFull::error;
};

namespace detail {

/// A KeyedTransform as the engine sees it, without the type of its State.
class KeyedStage : public Stage {
 public:
  virtual std::shared_ptr<void> make_state() const = 0;
  /// The number of bytes that a fresh state is charged with.
  virtual std::size_t state_size() const = 0;
  virtual void process_keyed(Record& record, void* state, Call& call) const = 0;
  virtual void finish_keyed(void* state, Call& call) const = 0;
};

}  // namespace detail

/// A stage with state for each value of its `key:`. The records of one key come in order, one at a
/// time, each with the State of that key; records of different keys are processed in parallel. The
/// engine makes a State when its key first appears; `limits.state` and the key's `max` bound the
/// number of States.
template <class State>
class KeyedTransform : public detail::KeyedStage {
 public:
  virtual void process(Record& record, State& state, Call& call) const = 0;
  /// Emits the rest of a state after the last record. Called once for each key, in the order in
  /// which the keys first appeared; not called when the run failed.
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
