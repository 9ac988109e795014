#pragma once

#include <concepts>
#include <cstddef>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "weir/detail/bound_as.h"
#include "weir/type_spec.h"

namespace weir {

/// Describes one stage type while it is registered: each call adds one fact.
template <class T, class O>
class TypeBuilder {
 public:
  explicit TypeBuilder(TypeSpec& spec) : spec_(spec), places_(spec.options.size(), kElsewhere) {}

  /// Declares an option, here and below of O or of a base of it.
  template <class B, class M>
  requires std::derived_from<O, B> TypeBuilder& required(std::string name, M B::*member,
                                                         std::string about) {
    add<M>(std::move(name), member, std::move(about)).required = true;
    return *this;
  }
  /// Declares an option that may be left out; its default is the value in a fresh O.
  template <class B, class M>
  requires std::derived_from<O, B> TypeBuilder& optional(std::string name, M B::*member,
                                                         std::string about) {
    OptionSpec& option = add<M>(std::move(name), member, std::move(about));
    option.default_text = OptionType<M>::show(O{}.*member);
    return *this;
  }
  /// Declares options that several types share: calls `declare` with this builder.
  template <std::invocable<TypeBuilder&> F>
  TypeBuilder& declare(F declare) {
    declare(*this);
    return *this;
  }
  /// Says what to write in place of an option that the type does not have any more.
  TypeBuilder& was(std::string name, std::string hint) {
    spec_.former.emplace_back(std::move(name), std::move(hint));
    return *this;
  }
  /// Says that the type keeps the fields above it, which it once dropped: `weir check` says so.
  TypeBuilder& replaced_fields() {
    spec_.replaced_fields = true;
    return *this;
  }
  /// Sets an inclusive bound of the option of that member, which is declared before.
  template <class C, class M, class B>
  requires std::derived_from<O, C> TypeBuilder& min(M C::*member, const B& bound) {
    const auto least = detail::bound_as<typename detail::Bounded<M>::type>(bound);
    OptionSpec& option = option_of<M>(member);
    option.min = OptionType<typename detail::Bounded<M>::type>::show(least);
    return check<M>(option, member, "expected at least " + option.min,
                    [least](const auto& value) { return value >= least; });
  }
  template <class C, class M, class B>
  requires std::derived_from<O, C> TypeBuilder& max(M C::*member, const B& bound) {
    const auto most = detail::bound_as<typename detail::Bounded<M>::type>(bound);
    OptionSpec& option = option_of<M>(member);
    option.max = OptionType<typename detail::Bounded<M>::type>::show(most);
    return check<M>(option, member, "expected at most " + option.max,
                    [most](const auto& value) { return value <= most; });
  }

  TypeBuilder& example(std::string yaml) {
    spec_.example = std::move(yaml);
    return *this;
  }
  /// Says that `process` waits (for a process, a disk, a service): it runs on threads of its own,
  /// one for each of `workers`, and never on the worker threads.
  TypeBuilder& blocking() {
    static_assert(std::derived_from<T, Transform> || std::derived_from<T, BatchTransform>,
                  "what blocks is a Transform: others wait on threads of their own, or not at all");
    spec_.blocking = true;
    return *this;
  }
  /// Says that calling it twice for one record does no harm, so that `hedge` is allowed.
  TypeBuilder& idempotent() {
    spec_.idempotent = true;
    return *this;
  }
  TypeBuilder& positional(std::string option) {
    spec_.positional = std::move(option);
    return *this;
  }
  /// Says what the stage needs and does, if that does not depend on options.
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
    static_assert(std::derived_from<T, Source> || std::derived_from<T, Sink>,
                  "only a Source cuts text, and only a Sink adds to it");
    spec_.set_framing = [function](void* o, const Framing& f) { function(*static_cast<O*>(o), f); };
    return *this;
  }
  /// Passes the engine's `key:` to this member of the options.
  TypeBuilder& key(KeyPolicy O::*member) {
    spec_.set_key = [member](void* o, const KeyPolicy& key) { static_cast<O*>(o)->*member = key; };
    return *this;
  }
  /// Declares one more output beside `out`; `Call::send(record, n)` sends a record to the n-th.
  TypeBuilder& port(std::string name) {
    ports_.push_back(std::move(name));
    spec_.ports = [ports = ports_](const void*) { return ports; };
    return *this;
  }
  /// Declares all outputs, if they depend on options; port 0 is the first of them.
  template <std::invocable<const O&> F>
  TypeBuilder& ports(F function) {
    spec_.ports = [function](const void* o) { return function(*static_cast<const O*>(o)); };
    return *this;
  }
  /// Declares that the stage has several inputs (exactly `inputs`, unless that is 0) and pairs
  /// their records.
  TypeBuilder& pairing(Pairing pairing, int inputs = 0) {
    spec_.pairing = pairing;
    spec_.inputs = inputs;
    return *this;
  }
  /// Says that the stage keeps something between records, which it charges to Context::state.
  TypeBuilder& stateful() {
    spec_.stateful = true;
    return *this;
  }
  /// Says that `tick` is called when `due` says so, for options for which the function returns
  /// true.
  template <std::invocable<const O&> F>
  TypeBuilder& timed(F function) {
    static_assert(std::derived_from<T, SerialTransform>, "only a SerialTransform has a tick");
    spec_.timed = [function](const void* o) { return function(*static_cast<const O*>(o)); };
    return *this;
  }
  /// Says that the same input at another pace may give another output, for options for which the
  /// function returns true. A stage that does something by itself is `timed` instead.
  template <std::invocable<const O&> F>
  TypeBuilder& by_clock(F function) {
    spec_.by_clock = [function](const void* o) { return function(*static_cast<const O*>(o)); };
    return *this;
  }
  /// Declares a source that may be read as several at the same time. The function returns the
  /// options of each stream, none if there is nothing to read, or nullopt if the source is to be
  /// read as one. The stages below work on each stream alone, up to one that merges them.
  template <std::invocable<const O&> F>
  TypeBuilder& streams(F function) {
    static_assert(std::derived_from<T, Source>, "only a Source is read as several streams");
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
  /// Says that the stage asks something outside of the run (a service, a process). `weir try` shows
  /// the result of `function(const T&, const Record&)`, the question it would ask, and calls the
  /// stage only if told to. The stage is not opened then.
  template <std::invocable<const T&, const Record&> F>
  TypeBuilder& asks(F function) {
    static_assert(std::derived_from<T, Transform> || std::derived_from<T, AsyncTransform>);
    spec_.asks = [function](const Stage& stage, const Record& record) -> std::string {
      return function(static_cast<const T&>(stage), record);
    };
    return *this;
  }
  /// Says that each attempt of a record asks the next of several services that are alike, which the
  /// function counts. No attempt waits as long as one of them has not been asked.
  template <std::invocable<const O&> F>
  TypeBuilder& replicas(F function) {
    static_assert(std::derived_from<T, Transform> || std::derived_from<T, AsyncTransform>);
    spec_.replicas = [function](const void* o) -> int {
      return function(*static_cast<const O*>(o));
    };
    return *this;
  }
  /// Gives each call that runs at the same time its own S, made from the stage or by default.
  template <class S>
  TypeBuilder& scratch() {
    static_assert(std::constructible_from<S, const T&> || std::default_initializable<S>,
                  "scratch space is made from its stage, S(const T&), or from nothing");
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
    if (spec_.option(name)) {
      throw std::logic_error("'" + spec_.name + "' declares the option '" + name + "' twice");
    }
    OptionSpec& option = spec_.options.emplace_back();
    option.name = std::move(name);
    option.about = std::move(about);
    option.type = OptionType<M>::name();
    using Value = typename detail::Bounded<M>::type;
    if constexpr (std::is_enum_v<Value>) {
      option.choices.assign(std::begin(EnumNames<Value>::names), std::end(EnumNames<Value>::names));
    }
    if constexpr (requires { OptionType<Value>::keys(); }) option.keys = OptionType<Value>::keys();
    option.bind = [member](void* o, const Node& node, Binder& binder) {
      return OptionType<M>::parse(node, static_cast<O*>(o)->*member, binder);
    };
    places_.push_back(place_of(member));
    return option;
  }

  /// Returns the member's offset in an O, which tells members of different types apart.
  template <class M>
  static std::ptrdiff_t place_of(M O::*member) {
    const O options{};
    return reinterpret_cast<const char*>(std::addressof(options.*member)) -
           reinterpret_cast<const char*>(std::addressof(options));
  }

  template <class M>
  OptionSpec& option_of(M O::*member) {
    const std::ptrdiff_t place = place_of(member);
    for (std::size_t i = places_.size(); i > 0; --i) {
      if (places_[i - 1] == place) return spec_.options[i - 1];
    }
    throw std::logic_error("'" + spec_.name + "' bounds a member that no option before it has");
  }

  template <class M, class Test>
  TypeBuilder& check(OptionSpec& option, M O::*member, std::string expected, Test test) {
    option.bind = [bind = std::move(option.bind), member, expected = std::move(expected), test](
                      void* o, const Node& node, Binder& binder) {
      if (!bind(o, node, binder)) return false;
      const M& bound = static_cast<O*>(o)->*member;
      bool good = false;
      if constexpr (std::same_as<M, typename detail::Bounded<M>::type>) {
        good = test(bound);
      } else {
        good = !bound || test(*bound);
      }
      if (!good) binder.error(node, expected + ", got " + detail::shape_of(node));
      return good;
    };
    return *this;
  }

  static constexpr std::ptrdiff_t kElsewhere = -1;

  TypeSpec& spec_;
  /// The offsets of the options' members in an O; `kElsewhere` for those that another builder
  /// declared.
  std::vector<std::ptrdiff_t> places_;
  std::vector<std::string> ports_{"out"};
};

/// Returns the keys of a map that fills an S, declared as a stage type declares its options:
/// `declare` gets the builder. An OptionType whose values may be such a map returns them as
/// `keys()`, and binds the map with Binder::bind_map.
template <class S, class Declare>
std::vector<OptionSpec> declared(Declare declare) {
  TypeSpec spec;
  TypeBuilder<Stage, S> keys(spec);
  declare(keys);
  return std::move(spec.options);
}

}  // namespace weir
