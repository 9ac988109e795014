#pragma once

#include <optional>
#include <string>
#include <vector>

#include "graph/compile/plan/plan.h"

// The names that people use for the parts of a plan: stages as they are in the file, however often
// the plan copies them.

namespace weir::cli {

using compile::RegionId;
using compile::StageId;

/// Returns the stage as it is in the file: for a further pass of a loop, or a further stream, the
/// first one.
StageId written(const compile::Plan& plan, StageId stage);

/// Returns the number of the stage's pass in its loop, or of its stream, from 1 on; 1 for a stage
/// that exists once.
int pass_number(const compile::Plan& plan, StageId stage);

/// Returns whether the stage exists once for each stream of a source, and not for each pass of a
/// loop.
bool has_streams(const compile::Plan& plan, StageId stage);

/// Returns "pass" or "passes", "stream" or "streams".
std::string pass_word(const compile::Plan& plan, StageId stage, bool several);

/// Returns the region's name, after its first stage: "fetch", "fetch (pass 2)", "read (stream 2)",
/// "rejects (dead letters)".
std::string region_name(const compile::Plan& plan, RegionId region);

/// Returns "parse", or "parse.retry" if the stage has several ports.
std::string port_name(const compile::Plan& plan, StageId stage, std::size_t port);

/// The stage that an input of a region reads, and its port. For dead letters there is no port, and
/// the stage is the last one of the region that they come from.
struct Feeder {
  StageId stage;
  std::optional<std::size_t> port;
};
std::vector<Feeder> feeders(const compile::Plan& plan, const compile::Region& region);

/// Returns the names of what a region reads, in the order of its inputs. The passes of one stage
/// have one name: "try (3 passes)", "read (2 streams)". For dead letters these are the stages that
/// send them.
std::vector<std::string> input_names(const compile::Plan& plan, const compile::Region& region);

/// Returns the stages of the file whose dead letters go to `to`, in the order of the file.
std::vector<StageId> senders_of_letters(const compile::Plan& plan, StageId to);

/// Returns whether the region merges records of several stages. (A region of dead letters also
/// reads the end of the path that its records would have taken, which sends none.)
bool merges(const compile::Plan& plan, const compile::Region& region);

/// Returns "a", "a and b", "a, b and c".
std::string joined_words(const std::vector<std::string>& words);

/// Returns the stages of the file in its order.
std::vector<StageId> stages_in_file_order(const compile::Plan& plan);

/// Returns the further passes of the stage, in order.
std::vector<StageId> further_passes(const compile::Plan& plan, StageId stage);

}  // namespace weir::cli
