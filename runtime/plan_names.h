#pragma once

#include <string>
#include <vector>

#include "graph/spec/plan.h"

// What people call the parts of a plan: stages as the file has them, whatever was copied.

namespace weir {

/// The stage as the file has it: of a further pass of a loop, or of a further stream, its first.
int written(const Plan& plan, int stage);

/// Which pass of its loop, or whose stream, the stage is, from 1 on; 1 for all that are but once.
int pass_number(const Plan& plan, int stage);

/// Whether the stage is there once for each stream of a source, and not for each pass of a loop.
bool has_streams(const Plan& plan, int stage);

/// "pass" or "passes", "stream" or "streams".
std::string pass_word(const Plan& plan, int stage, bool several);

/// "fetch", "fetch (pass 2)", "read (stream 2)", "rejects (dead letters)": after the region's first
/// stage.
std::string region_name(const Plan& plan, int region);

/// "parse", or "parse.retry" where the stage has several ports.
std::string port_name(const Plan& plan, int stage, int port);

/// What input number `input` of the region reads: the stage and which of its ports. Of dead
/// letters the port is -1, and the stage the last of the region that they come from.
struct Feeder {
  int stage = 0;
  int port = 0;
};
std::vector<Feeder> feeders(const Plan& plan, const Region& region);

/// The names of what a region reads, in the order of its inputs; passes of one stage once: "try (3
/// passes)", "read (2 streams)". Of dead letters, the stages that send them.
std::vector<std::string> input_names(const Plan& plan, const Region& region);

/// The stages of the file whose dead letters go to that one, in the order of the file.
std::vector<int> senders_of_letters(const Plan& plan, int to);

/// Whether it has records of several stages to merge. (Dead letters also follow the end of the way
/// that they would have gone, which sends none.)
bool merges(const Plan& plan, const Region& region);

/// "a", "a and b", "a, b and c".
std::string joined_words(const std::vector<std::string>& words);

/// The stages of the file in its order, as indices into Plan::stages.
std::vector<int> stages_in_file_order(const Plan& plan);

/// The further passes of the stage, in order.
std::vector<int> further_passes(const Plan& plan, int stage);

}  // namespace weir
