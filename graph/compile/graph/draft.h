#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "graph/compile/keys/pipeline_spec.h"
#include "graph/compile/plan/link.h"
#include "graph/compile/plan/stage_shape.h"

namespace weir::compile {

struct LoadOptions;

/// A stage on its way from the file to the plan: its type is found, then its options are bound, and
/// at last it is constructed.
struct Draft {
  StageSpec spec;
  const TypeSpec* type = nullptr;  ///< Null: not found, which has been reported.
  std::shared_ptr<void> options;
  std::shared_ptr<Stage> stage;
  NamedInputs named;               ///< The inputs that options and keys name.
  std::vector<std::string> ports;  ///< The names of its outputs; empty: not known.
  std::size_t inputs = 0;  ///< The number of inputs as written, without those that a loop adds.
  MergePolicy merge;       ///< For a stage with several inputs.
  std::optional<std::size_t> rate;            ///< CallPolicy::rate.
  std::optional<std::size_t> pool;            ///< Region::pool.
  std::optional<StageId> pass_of;             ///< PlannedStage::pass_of.
  std::optional<std::size_t> exhausted_port;  ///< PlannedStage::exhausted_port.
  bool streams = false;  ///< True if its one input as written is the streams of a source.
  bool letters = false;  ///< True if a chain of dead letters begins here.
  bool chaos = false;    ///< True if faults are injected.
  bool good = false;     ///< True if nothing was wrong so far; if false, nothing more is reported.

  bool is(Role role) const { return type && type->role == role; }
  /// Returns the stage as messages name it: "'errors' (filter)".
  std::string shown() const {
    return "'" + spec.name + "'" + (type ? " (" + type->name + ")" : std::string());
  }
};

/// The stages of a pipeline on their way, numbered as they stand at present.
using Drafts = IdVector<StageId, Draft>;

/// Finds the types and binds the options under `with:`. `quiet_about_types` is true if a plugin
/// could not be loaded. An unknown type that resembles no other is then not reported, since it may
/// be the plugin's.
Drafts bind_stages(std::vector<StageSpec> stages, const LoadOptions& load, bool quiet_about_types,
                   SpecBinder& binder);

/// Returns the text of the exception that is being handled, or `otherwise` if it is none of the
/// standard library's. Call it only inside a catch block.
std::string thrown_text(std::string_view otherwise);

/// Constructs the stage. Reports it if the constructor throws.
void make_stage(Draft& draft, SpecBinder& binder);

/// Constructs the stages. Before that, each source learns the framing that its readers want, and
/// each sink the framing of the text that it gets.
void make_stages(Drafts& drafts, const std::vector<Link>& links, SpecBinder& binder);

}  // namespace weir::compile
