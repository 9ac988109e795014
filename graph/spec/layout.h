#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "graph/spec/plan.h"

namespace weir {

/// What the layout needs of one stage.
struct StageShape {
  Role role = Role::transform;
  Workers workers;
  std::optional<Order> order;  ///< As written.
  bool blocking = false;       ///< The type's `process` waits.
  bool policy = false;         ///< A key says how single calls are made: `rate`, `retry`...
  bool queue = false;
  bool chaos = false;    ///< Faults are to be injected.
  bool letters = false;  ///< The first stage of a chain of dead letters.
  bool timed = false;    ///< It has something to do at times by itself.
  int pool = -1;
  MergePolicy merge;  ///< Of a stage with several inputs.
};

/// An edge between stages: what `from` sends to `port` is input number `input` of `to`.
struct Link {
  int from = 0;
  int port = 0;
  int to = 0;
  int input = 0;
  bool letters = false;  ///< Dead letters of `from`; `port` means nothing.
};

/// Whether stages of that role work on each record alone: all but sources, serial transforms and
/// sinks. Only these can be called record by record.
bool is_concurrent(Role role);

/// Whether the stage is called record by record: it waits, has state per key, or is to be held,
/// counted, repeated or given up for single records. Others are called with batches.
bool is_call(const StageShape& stage);

/// Cuts the stages into regions as `Plan` describes them, without their shares. Each stage stands
/// behind those that it reads, and directly behind its only one where that has no other reader.
std::vector<Region> lay_out(const std::vector<StageShape>& stages, const std::vector<Link>& links);

/// Whether the merge of the region's inputs follows the places of origins.
bool merges_by_place(const Region& region);

/// Whether batches leave the region in the order in which they got their numbers.
bool leaves_in_order(const Region& region);

/// Whether `region` takes from input `waited` what comes next before it takes more from `full`,
/// however long that may be. (Where it stops waiting after a time, it does not.)
bool waits_for(const Region& region, std::size_t waited, std::size_t full);

/// The fewest records with which the region gets on: one; if it merges, one for each input, so that
/// none shuts out another, and one for what becomes of them.
std::uint64_t fewest_records(const Region& region);

/// How often a region may need the memory of one record at once, for the oldest record to be
/// finished: as it is read or copied out, in each stage, and for what is handed on. A call needs an
/// attempt's copy and what it emits beside the record itself. Each of several inputs may keep a
/// record waiting.
std::uint64_t reserve_units(const Region& region, const std::vector<StageShape>& stages);

}  // namespace weir
