#pragma once

#include <memory>
#include <vector>

#include "graph/spec/pipeline_spec.h"

namespace weir {

/// A stage on its way from the file to the plan: its type is found, its options are bound, and at
/// last it is made.
struct Draft {
  StageSpec spec;
  const TypeSpec* type = nullptr;  ///< Null: not found, which has been reported.
  std::shared_ptr<void> options;
  std::unique_ptr<Stage> stage;
  NamedInputs named;     ///< By options and keys.
  int rate = -1;         ///< CallPolicy::rate.
  bool letters = false;  ///< A chain of dead letters begins here.
  bool chaos = false;    ///< Faults are to be injected.
  bool good = false;     ///< Nothing was wrong so far; if false, nothing more is said about it.

  /// "'errors' (filter)", as messages name it.
  std::string shown() const { return "'" + spec.name + "' (" + type->name + ")"; }
};

/// Finds the types and binds the options under `with:`. `quiet_about_types`: a plugin could not be
/// loaded, so a type that looks like no other may well be its.
std::vector<Draft> bind_stages(std::vector<StageSpec> stages, const Registry& registry,
                               bool quiet_about_types, SpecBinder& binder);

/// Runs the constructors. A source learns here what the stage behind it wants.
void make_stages(std::vector<Draft>& drafts, SpecBinder& binder);

}  // namespace weir
