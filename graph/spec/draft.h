#pragma once

#include <memory>
#include <vector>

#include "graph/spec/layout.h"
#include "graph/spec/pipeline_spec.h"

namespace weir {

/// A stage on its way from the file to the plan: its type is found, its options are bound, and at
/// last it is made.
struct Draft {
  StageSpec spec;
  const TypeSpec* type = nullptr;  ///< Null: not found, which has been reported.
  std::shared_ptr<void> options;
  std::shared_ptr<Stage> stage;
  NamedInputs named;               ///< By options and keys.
  std::vector<std::string> ports;  ///< Names of its outputs; empty: not known.
  int inputs = 0;                  ///< How many it reads as written, without what a loop adds.
  MergePolicy merge;               ///< Of several inputs.
  int rate = -1;                   ///< CallPolicy::rate.
  int pool = -1;                   ///< Region::pool.
  int pass_of = -1;                ///< PlannedStage::pass_of.
  int exhausted_port = -1;         ///< PlannedStage::exhausted_port.
  bool streams = false;            ///< Its one input as written is the streams of a source.
  bool letters = false;            ///< A chain of dead letters begins here.
  bool chaos = false;              ///< Faults are to be injected.
  bool good = false;  ///< Nothing was wrong so far; if false, nothing more is said about it.

  bool is(Role role) const { return type && type->role == role; }
  /// "'errors' (filter)", as messages name it.
  std::string shown() const {
    return "'" + spec.name + "'" + (type ? " (" + type->name + ")" : std::string());
  }
};

/// Finds the types and binds the options under `with:`. `quiet_about_types`: a plugin could not be
/// loaded, so a type that looks like no other may well be its.
std::vector<Draft> bind_stages(std::vector<StageSpec> stages, const Registry& registry,
                               bool quiet_about_types, SpecBinder& binder);

/// Runs the constructor.
void make_stage(Draft& draft, SpecBinder& binder);

/// Runs the constructors. A source learns here what the stages that read it want.
void make_stages(std::vector<Draft>& drafts, const std::vector<Link>& links, SpecBinder& binder);

}  // namespace weir
