#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "weir/keyed.h"
#include "weir/kinds.h"
#include "weir/options.h"
#include "weir/stage.h"

namespace weir {

/// The base class of a stage type, as the engine distinguishes them.
enum class Role : std::uint8_t {
  source,
  transform,
  batch_transform,
  serial_transform,
  keyed_transform,
  async_transform,
  sink
};

/// The way in which a type with several inputs gets their records. `together`: partners (of one
/// origin, or the n-th of each input) come as one record with the fields of all. `any`: one by one,
/// in the order of `merge`; `Record::input` says by which input.
enum class Pairing : std::uint8_t { none, together, any };

/// One option of a stage type: everything that binding, help and the reference know of it.
struct OptionSpec {
  std::string name;
  std::string about;
  std::string type;
  std::string default_text;  ///< Empty for a required option, or one that is simply not set.
  std::string min, max;      ///< As shown; empty if unbounded.
  std::vector<std::string> choices;  ///< The names of an enum's values; empty for other types.
  std::vector<OptionSpec> keys;      ///< Those of the map that the option may be.
  bool required = false;
  /// Reads `node` into the options at `options`. Reports mistakes to the binder and then returns
  /// false.
  std::function<bool(void* options, const Node& node, Binder& binder)> bind;
};

/// A stage type as registered.
struct TypeSpec {
  std::string name;
  std::string about;
  std::string example;     ///< YAML of a whole pipeline or of one stage; a test runs it.
  std::string positional;  ///< The option that `-e 'type value'` fills; empty: the first.
  Role role = Role::transform;
  bool blocking = false;    ///< The `process` of a transform waits, and gets threads of its own.
  bool idempotent = false;  ///< Two calls for one record do no harm: `hedge` is allowed.
  bool replaced_fields = false;  ///< It once dropped the fields that stood above it.
  std::vector<OptionSpec> options;
  /// The options that the type had once, each with what to write in its place.
  std::vector<std::pair<std::string, std::string>> former;

  std::function<std::shared_ptr<void>()> make_options;
  std::function<std::unique_ptr<Stage>(const void* options)> make;
  std::function<Kinds(const void* options)> kinds;
  std::function<Framing(const void* options)> framing;
  /// Tells a source with framing `auto` the framing that the next stage wants.
  std::function<void(void* options, const Framing& framing)> set_framing;
  /// Tells a stage its `key:`; empty for a type that takes none.
  std::function<void(void* options, const KeyPolicy& key)> set_key;
  /// Returns the names of the outputs; a reader that names none gets the first. Empty: `out` alone.
  std::function<std::vector<std::string>(const void* options)> ports;
  /// The pairing of the inputs, if the type itself decides it; else `merge` does.
  Pairing pairing = Pairing::none;
  int inputs = 0;         ///< With a pairing: the exact number of inputs; 0: two or more.
  bool stateful = false;  ///< It keeps something between records: Context::state.
  /// Returns whether the stage sometimes acts by itself (SerialTransform::due).
  std::function<bool(const void* options)> timed;
  /// Returns whether its output depends on when records arrive.
  std::function<bool(const void* options)> by_clock;
  /// Returns the options of each stream that a source is to be read as; nothing if it is read as
  /// one.
  std::function<std::optional<std::vector<std::shared_ptr<void>>>(const void* options)> streams;
  std::function<std::shared_ptr<void>(const Stage& stage)> make_scratch;
  /// Returns the question that the stage would ask something outside of the run about a record, as
  /// text for people. Empty for types that ask nothing.
  std::function<std::string(const Stage& stage, const Record& record)> asks;
  /// Returns how many services the attempts of a record ask one after the other; empty: one.
  std::function<int(const void* options)> replicas;

  const OptionSpec* option(std::string_view wanted) const {
    for (const OptionSpec& o : options) {
      if (o.name == wanted) return &o;
    }
    return nullptr;
  }
};

/// The options of types without options.
struct NoOptions {};

}  // namespace weir
