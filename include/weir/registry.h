#pragma once

#include <concepts>
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

enum class Role : std::uint8_t {
  source,
  transform,
  batch_transform,
  serial_transform,
  keyed_transform,
  async_transform,
  sink
};

/// How a type with several inputs gets their records. `together`: partners (of one origin, or the
/// n-th of each input) come as one record with the fields of all. `any`: one by one, in the order
/// of `merge`; `Record::input` says from where.
enum class Pairing : std::uint8_t { none, together, any };

/// One option of a stage type: everything that binding, help and the reference know of it.
struct OptionSpec {
  std::string name;
  std::string about;
  std::string type;
  std::string default_text;  ///< Empty for a required option, or one that is simply not set.
  std::string min, max;      ///< As shown; empty if unbounded.
  bool required = false;
  /// Reads `node` into the options at `options`; reports mistakes to the binder.
  std::function<bool(void* options, const Node& node, Binder& binder)> bind;
};

/// A stage type as registered.
struct TypeSpec {
  std::string name;
  std::string about;
  std::string example;     ///< YAML of a whole pipeline or of one stage; it is run by a test.
  std::string positional;  ///< The option that `-e 'type value'` fills; empty: the first.
  Role role = Role::transform;
  bool blocking = false;    ///< A transform whose `process` waits: it gets threads of its own.
  bool idempotent = false;  ///< Two calls for one record do no harm: it may be hedged.
  std::vector<OptionSpec> options;

  std::function<std::shared_ptr<void>()> make_options;
  std::function<std::unique_ptr<Stage>(const void* options)> make;
  std::function<Kinds(const void* options)> kinds;
  std::function<Framing(const void* options)> framing;
  /// Tells a source with framing `auto` what the next stage wants.
  std::function<void(void* options, const Framing& framing)> set_framing;
  /// Tells a stage its `key:`; empty for a type that takes none.
  std::function<void(void* options, const KeyPolicy& key)> set_key;
  /// Names of the outputs, of which the first is the one that readers get who name none; empty:
  /// `out` alone.
  std::function<std::vector<std::string>(const void* options)> ports;
  /// How the inputs are put together where the type itself says it; else `merge` does.
  Pairing pairing = Pairing::none;
  int inputs = 0;         ///< With a pairing: exactly so many; 0: two and more.
  bool stateful = false;  ///< Keeps something between records: Context::state.
  /// Whether it has something to do at times by itself (SerialTransform::due).
  std::function<bool(const void* options)> timed;
  /// Whether what it puts out depends on when records come to it.
  std::function<bool(const void* options)> by_clock;
  /// Options for each of the streams that a source is to be read as; nothing: it is one.
  std::function<std::optional<std::vector<std::shared_ptr<void>>>(const void* options)> streams;
  std::function<std::shared_ptr<void>(const Stage& stage)> make_scratch;

  const OptionSpec* option(std::string_view wanted) const {
    for (const OptionSpec& o : options) {
      if (o.name == wanted) return &o;
    }
    return nullptr;
  }
};

/// For types without options.
struct NoOptions {};

/// Describes one stage type while it is registered: each call adds one fact.
template <class T, class O>
class TypeBuilder {
 public:
  explicit TypeBuilder(TypeSpec& spec) : spec_(spec) {}

  template <class M>
  TypeBuilder& required(std::string name, M O::*member, std::string about) {
    add(std::move(name), member, std::move(about)).required = true;
    return *this;
  }
  /// The default is what a fresh O has.
  template <class M>
  TypeBuilder& optional(std::string name, M O::*member, std::string about) {
    add(std::move(name), member, std::move(about)).default_text = OptionType<M>::show(O{}.*member);
    return *this;
  }
  /// Bounds of the option declared last, inclusive.
  template <class M>
  TypeBuilder& min(M O::*member, M bound) {
    spec_.options.back().min = OptionType<M>::show(bound);
    return check(member, [bound](const M& v) { return v >= bound; });
  }
  template <class M>
  TypeBuilder& max(M O::*member, M bound) {
    spec_.options.back().max = OptionType<M>::show(bound);
    return check(member, [bound](const M& v) { return v <= bound; });
  }

  TypeBuilder& example(std::string yaml) {
    spec_.example = std::move(yaml);
    return *this;
  }
  /// Its `process` waits (for a process, a disk, a service): it runs on threads of its own, one for
  /// each of `workers`, and never on those that compute. For a Transform.
  TypeBuilder& blocking() {
    spec_.blocking = true;
    return *this;
  }
  /// Calling it twice for one record does no harm: `hedge` may.
  TypeBuilder& idempotent() {
    spec_.idempotent = true;
    return *this;
  }
  TypeBuilder& positional(std::string option) {
    spec_.positional = std::move(option);
    return *this;
  }
  /// What it needs and does, where that does not depend on options.
  TypeBuilder& kinds(Kinds kinds) {
    spec_.kinds = [kinds](const void*) { return kinds; };
    return *this;
  }
  template <std::invocable<const O&> F>
  TypeBuilder& kinds(F function) {
    spec_.kinds = [function](const void* o) { return function(*static_cast<const O*>(o)); };
    return *this;
  }
  template <std::invocable<const O&> F>
  TypeBuilder& framing(F function) {
    spec_.framing = [function](const void* o) { return function(*static_cast<const O*>(o)); };
    return *this;
  }
  template <std::invocable<O&, const Framing&> F>
  TypeBuilder& set_framing(F function) {
    spec_.set_framing = [function](void* o, const Framing& f) { function(*static_cast<O*>(o), f); };
    return *this;
  }
  /// The stage takes the framework's `key:` into this member.
  TypeBuilder& key(KeyPolicy O::*member) {
    spec_.set_key = [member](void* o, const KeyPolicy& key) { static_cast<O*>(o)->*member = key; };
    return *this;
  }
  /// One more output beside `out`: `Call::send(record, n)` for the n-th.
  TypeBuilder& port(std::string name) {
    ports_.push_back(std::move(name));
    spec_.ports = [ports = ports_](const void*) { return ports; };
    return *this;
  }
  /// All outputs, where they depend on options: port 0 is the first of them.
  template <std::invocable<const O&> F>
  TypeBuilder& ports(F function) {
    spec_.ports = [function](const void* o) { return function(*static_cast<const O*>(o)); };
    return *this;
  }
  /// It has several inputs, or exactly so many, and pairs their records.
  TypeBuilder& pairing(Pairing pairing, int inputs = 0) {
    spec_.pairing = pairing;
    spec_.inputs = inputs;
    return *this;
  }
  /// What it keeps between records is charged to Context::state.
  TypeBuilder& stateful() {
    spec_.stateful = true;
    return *this;
  }
  /// `tick` is called when `due` says so, if the function says that these options need it.
  template <std::invocable<const O&> F>
  TypeBuilder& timed(F function) {
    spec_.timed = [function](const void* o) { return function(*static_cast<const O*>(o)); };
    return *this;
  }
  /// With options for which the function says so, the same input at another pace may give another
  /// output, though it does nothing by itself (else it is `timed`).
  template <std::invocable<const O&> F>
  TypeBuilder& by_clock(F function) {
    spec_.by_clock = [function](const void* o) { return function(*static_cast<const O*>(o)); };
    return *this;
  }
  /// A source that may be read as several at the same time: the function gives the options of each,
  /// none if there is nothing to read, or nullopt where it is to be read as one. The stages below
  /// work on each stream alone, up to one that merges them.
  template <std::invocable<const O&> F>
  TypeBuilder& streams(F function) {
    spec_.streams = [function](const void* o) {
      std::optional<std::vector<O>> streams = function(*static_cast<const O*>(o));
      std::optional<std::vector<std::shared_ptr<void>>> made;
      if (streams) made.emplace();
      for (std::size_t i = 0; streams && i < streams->size(); ++i) {
        made->push_back(std::make_shared<O>(std::move((*streams)[i])));
      }
      return made;
    };
    return *this;
  }
  /// Each call that runs at the same time gets its own S, made from the stage or by default.
  template <class S>
  TypeBuilder& scratch() {
    spec_.make_scratch = [](const Stage& stage) -> std::shared_ptr<void> {
      if constexpr (std::constructible_from<S, const T&>) {
        return std::make_shared<S>(static_cast<const T&>(stage));
      } else {
        return std::make_shared<S>();
      }
    };
    return *this;
  }

 private:
  template <class M>
  OptionSpec& add(std::string name, M O::*member, std::string about) {
    OptionSpec& option = spec_.options.emplace_back();
    option.name = std::move(name);
    option.about = std::move(about);
    option.type = OptionType<M>::name();
    option.bind = [member](void* o, const Node& node, Binder& binder) {
      return OptionType<M>::parse(node, static_cast<O*>(o)->*member, binder);
    };
    return option;
  }

  template <class M, class Test>
  TypeBuilder& check(M O::*member, Test test) {
    OptionSpec& option = spec_.options.back();
    auto bind = std::move(option.bind);
    option.bind = [bind, member, test, low = option.min, high = option.max](
                      void* o, const Node& node, Binder& binder) {
      if (!bind(o, node, binder)) return false;
      if (test(static_cast<O*>(o)->*member)) return true;
      binder.error(node, high.empty() ? "expected at least " + low + ", got '" + node.text + "'"
                                      : "expected at most " + high + ", got '" + node.text + "'");
      return false;
    };
    return *this;
  }

  TypeSpec& spec_;
  std::vector<std::string> ports_{"out"};
};

/// The stage types of this process: the built-in ones and those of plugins.
class Registry {
 public:
  /// Registers stage type `name`. T derives from Source, Transform, BatchTransform,
  /// SerialTransform, KeyedTransform, AsyncTransform or Sink and is made from `const O&` (or from
  /// nothing, without options).
  template <class T, class O = NoOptions>
  TypeBuilder<T, O> add(std::string name, std::string about) {
    auto spec = std::make_unique<TypeSpec>();
    spec->name = std::move(name);
    spec->about = std::move(about);
    spec->role = role_of<T>();
    spec->make_options = [] { return std::make_shared<O>(); };
    spec->make = [](const void* o) -> std::unique_ptr<Stage> {
      if constexpr (std::constructible_from<T, const O&>) {
        return std::make_unique<T>(*static_cast<const O*>(o));
      } else {
        return std::make_unique<T>();
      }
    };
    return TypeBuilder<T, O>(keep(std::move(spec)));
  }

  const TypeSpec* find(std::string_view name) const {
    for (const auto& type : types_) {
      if (type->name == name) return type.get();
    }
    return nullptr;
  }
  const std::vector<std::unique_ptr<TypeSpec>>& types() const { return types_; }
  /// Names that were registered twice; the first registration stands.
  const std::vector<std::string>& duplicates() const { return duplicates_; }

 private:
  template <class T>
  static constexpr Role role_of() {
    if constexpr (std::derived_from<T, Source>) return Role::source;
    if constexpr (std::derived_from<T, Sink>) return Role::sink;
    if constexpr (std::derived_from<T, SerialTransform>) return Role::serial_transform;
    if constexpr (std::derived_from<T, BatchTransform>) return Role::batch_transform;
    if constexpr (std::derived_from<T, AsyncTransform>) return Role::async_transform;
    if constexpr (std::derived_from<T, detail::KeyedStage>) return Role::keyed_transform;
    static_assert(std::derived_from<T, Stage>, "a stage type derives from one of weir's classes");
    return Role::transform;
  }

  TypeSpec& keep(std::unique_ptr<TypeSpec> spec) {
    if (find(spec->name)) {
      duplicates_.push_back(spec->name);
      ignored_.push_back(std::move(spec));
      return *ignored_.back();
    }
    types_.push_back(std::move(spec));
    return *types_.back();
  }

  std::vector<std::unique_ptr<TypeSpec>> types_;
  std::vector<std::unique_ptr<TypeSpec>> ignored_;
  std::vector<std::string> duplicates_;
};

}  // namespace weir
