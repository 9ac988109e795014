#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "weir/field.h"
#include "weir/stage.h"

namespace weir {

/// `key`: which records belong together, and how many keys may have state.
struct KeyPolicy {
  enum class WhenFull : std::uint8_t { error, evict };
  std::vector<Field> fields;  ///< Empty: none.
  std::uint64_t max = 0;      ///< Keys that have state; 0: as many as `limits.state` holds.
  /// What happens to a record whose key finds no room: it is an error `state_full`, or the state
  /// of the key that was not seen for longest makes room.
  WhenFull when_full = WhenFull::error;
};

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
