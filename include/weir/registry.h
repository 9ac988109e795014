#pragma once

#include <concepts>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "weir/type_builder.h"
#include "weir/type_spec.h"

namespace weir {

/// The stage types of this process: the built-in ones and those of plugins.
class Registry {
 public:
  /// Registers the stage type `name`. T derives from Source, Transform, BatchTransform,
  /// SerialTransform, KeyedTransform, AsyncTransform or Sink. It is constructed from `const O&`,
  /// or, without options, from nothing.
  template <class T, class O = NoOptions>
  TypeBuilder<T, O> add(std::string name, std::string about) {
    static_assert(!std::is_abstract_v<T>,
                  "a stage type overrides what its class leaves open: process, start, read, write");
    static_assert(std::is_abstract_v<T> || std::constructible_from<T, const O&> ||
                      (std::same_as<O, NoOptions> && std::default_initializable<T>),
                  "a stage type is made from its options, T(const O&): registry.add<T, O> names "
                  "them; one without options is made from nothing");
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
  /// The names that were registered twice; the first registration stands.
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
    constexpr bool known =
        std::derived_from<T, Source> || std::derived_from<T, Sink> ||
        std::derived_from<T, SerialTransform> || std::derived_from<T, BatchTransform> ||
        std::derived_from<T, AsyncTransform> || std::derived_from<T, detail::KeyedStage> ||
        std::derived_from<T, Transform>;
    static_assert(known, "a stage type derives, in public, from one of weir's classes");
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
