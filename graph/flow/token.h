#pragma once

#include <atomic>
#include <cassert>
#include <cstdint>
#include <string>
#include <vector>

#include "graph/flow/fence.h"
#include "graph/flow/rank.h"
#include "graph/flow/report.h"
#include "graph/flow/root_mark.h"
#include "graph/flow/ticket.h"
#include "graph/flow/workspace.h"
#include "weir/feed.h"

namespace weir {

/// What one stage did with a batch.
struct StageTally {
  std::uint32_t in = 0;
  std::uint32_t out = 0;
  std::uint64_t busy_ns = 0;
};

/// An error that a record met. Message and excerpt only for the first ones of a batch.
struct RecordFailure {
  std::uint16_t stage = 0;
  bool kept = false;
  Place place;
  int attempts = 1;
  std::uint32_t part = 0;
  std::uint64_t position = 0;
  std::string kind;
  std::string message;
  std::string excerpt;
};

/// The same for counting: one of many.
struct FailureNote {
  std::uint16_t stage = 0;
  std::uint16_t kind = 0;  ///< Index into the token's kinds.
  bool kept = false;
  bool sampled = false;
  Place place;
};

/// Records that a stage could not finish for want of memory: [begin, end) of an array, to go on at
/// `stage`.
struct Unfinished {
  int stage = 0;
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  bool in_spare = false;
};

/// A batch on its way: its number, its credits, its records. What oneTBB's edges carry is a raw
/// pointer to one; the TokenPool owns them all.
class Token {
 public:
  enum class Kind : std::uint8_t { data, begin, tick, finish };
  /// So many failures of a batch keep their message and excerpt.
  static constexpr std::size_t kSamples = 16;

  Token(MemoryPool& pool, std::size_t stages)
      : work(pool, Lane::normal),
        letters(pool, Lane::normal),
        roots(pool),
        tickets(pool),
        ranks(pool),
        tallies(stages) {}

  /// Whether something is left to do that only the oldest token may do.
  bool unfinished() const { return unfinished_count > 0 || !split.done(); }
  /// Whether serial stages must hold what comes behind this token until it has ended.
  bool holds_others() const { return unfinished() || holds_reserve; }

  void mark(std::uint32_t root, RootMark value) {
    if (root == detail::kNoRoot) return;
    RootMark& current = roots[root];
    if (outweighs(value, current)) current = value;
  }
  /// What stands behind a failed origin was given up, whatever else becomes of its origin.
  void give_up_behind(const Fence& fence, std::uint32_t root) {
    if (root != detail::kNoRoot && fence.behind(place(root))) {
      mark(root, root_mark(Outcome::abandoned, kAfterFailure));
    }
  }
  void give_up_behind(const Fence& fence) {
    for (std::uint32_t root = 0; root < roots.size(); ++root) give_up_behind(fence, root);
  }
  /// Where a root stands in the order of origins; what a stage made by itself stands first.
  Place place(std::uint32_t root) const {
    if (root == detail::kNoRoot) return first_place;
    if (root < tickets.size() && tickets[root]) return tickets[root]->place;
    return {sequence, root_base + root, source};
  }
  Rank rank_of(std::uint32_t root) const {
    return root < ranks.size() ? ranks[root] : Rank{place(root)};
  }
  void set_sequence(std::uint64_t number) {
    sequence = number;
    first_place = {number, 0, source};
  }
  void add_unfinished(Unfinished rest) {
    if (rest.begin >= rest.end) return;
    assert(unfinished_count < 2);
    rests[unfinished_count++] = rest;
  }
  /// Counts a failure; `full`: it has a message and may become a sample of the report.
  void add_failure(RecordFailure failure, bool full);
  /// Forgets all but the first so many.
  void take_back_failures(std::size_t count);
  bool wants_samples() const { return all_samples || samples.size() < kSamples; }

  std::uint64_t capacity() const {
    return work.capacity() + letters.capacity_bytes() + roots.capacity_bytes() +
           tickets.capacity_bytes() + ranks.capacity_bytes();
  }
  void reset();

  Kind kind = Kind::data;
  std::uint64_t sequence = 0;
  int finish_stage = 0;      ///< kind finish: the serial stage whose `finish` runs.
  bool finish_more = false;  ///< That stage wants to be called again.
  std::uint16_t source = 0;  ///< Of a source's region: which. Index into Plan::sources.
  Place first_place;         ///< The smallest place in it.
  Rank frontier;             ///< With it, all below has left the region (in order).
  bool mixed = false;        ///< Its origins are of several sources.
  bool sorted = true;        ///< Its records stand in the order of origins.
  Workspace work;
  RecordArray letters;  ///< Dead letters on their way; their bytes are in `work`.
  PooledArray<RootMark> roots;
  /// Of origins that came from another batch or have records that went on to one; may be shorter
  /// than `roots`, and null.
  PooledArray<Ticket*> tickets;
  /// Where merges below need it: of the roots.
  PooledArray<Rank> ranks;
  std::uint32_t root_base = 0;  ///< How many roots were accounted before roots[0].
  std::uint32_t credits = 0;    ///< Records of the region's share that this token holds.
  Split split;                  ///< What is left to load.
  std::uint64_t bytes = 0;      ///< Of text, as read.
  bool filled = true;           ///< The source put records into it, rather than a split.
  bool voided = false;          ///< Behind the fence: nothing of it is worked on.
  Unfinished rests[2];
  int unfinished_count = 0;
  bool holds_reserve = false;  ///< A serial stage's share of the reserve is in use here.
  std::vector<StageTally> tallies;
  std::vector<FailureNote> failures;
  std::vector<std::string> failure_kinds;
  std::vector<RecordFailure> samples;
  bool all_samples = false;       ///< Every failure keeps its message.
  std::uint64_t fill_ns = 0;      ///< What it took to fill it.
  bool at_head = false;           ///< The head finisher is at work on it.
  bool staged = false;            ///< At the region's end: its last stages are done with it.
  std::uint32_t exit_record = 0;  ///< The next to leave the region.
  std::uint32_t exit_letter = 0;
  std::atomic<int> stage{0};  ///< Where it is; for the report of a stuck run.
  /// What others may see of a token on its way, to name the head of line.
  struct Sight {
    std::atomic<std::uint64_t> sequence{0};
    std::atomic<std::uint64_t> position{0};
    std::atomic<std::uint32_t> part{0};
    std::atomic<std::int64_t> since{0};  ///< When it was filled; 0: it is not on its way.
  } sight;
  /// Lets it be seen.
  void show();
};

}  // namespace weir
