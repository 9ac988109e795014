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
  std::function<void(void* options, std::vector<Field> key)> set_key;
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
  TypeBuilder& key(std::vector<Field> O::*member) {
    spec_.set_key = [member](void* o, std::vector<Field> key) {
      static_cast<O*>(o)->*member = std::move(key);
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
