#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "graph/flow/api/report.h"
#include "graph/flow/batch/failure_notes.h"
#include "graph/flow/context/failure_cut.h"
#include "graph/flow/memory/check.h"
#include "graph/flow/memory/workspace.h"
#include "graph/flow/order/merge_rank.h"
#include "graph/flow/order/origin_ref.h"
#include "graph/flow/order/root_mark.h"
#include "weir/feed.h"

namespace weir::flow {

/// The counts of one stage for one batch.
struct StageTally {
  std::uint64_t in = 0;
  std::uint64_t out = 0;
  std::uint64_t busy_ns = 0;
};

/// Records [begin, end) of an array that a stage could not finish for lack of memory. They go on at
/// `stage`.
struct Unfinished {
  StageId stage;
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  bool in_spare = false;
};

/// A batch on its way: its number, its credits and its records. oneTBB's edges carry a raw pointer
/// to it, and a TokenPool owns it. One thread at a time uses a token, except for `stage` and
/// `sight`.
class Token {
 public:
  enum class Kind : std::uint8_t { data, begin, tick, finish };

  Token(MemoryPool& pool, std::size_t stages)
      : work(pool, Lane::normal),
        letters(pool, Lane::normal),
        roots(pool),
        origin_refs(pool),
        ranks(pool),
        tallies(stages) {}

  /// Returns whether something is left that only the oldest token may do.
  bool unfinished() const { return unfinished_count > 0 || !split.done(); }
  /// Returns whether serial stages must hold what comes behind this token until it has ended.
  bool holds_others() const { return unfinished() || holds_reserve; }

  void mark(std::uint32_t root, RootMark value) {
    if (root == detail::kNoRoot) return;
    RootMark& current = roots[root];
    if (outweighs(value, current)) current = value;
  }
  /// Marks an origin behind the failed one as abandoned, whatever else becomes of it.
  void give_up_behind(const FailureCut& cut, std::uint32_t root) {
    if (root != detail::kNoRoot && cut.behind(place(root))) {
      mark(root, root_mark(Outcome::abandoned, kAfterFailure));
    }
  }
  void give_up_behind(const FailureCut& cut) {
    for (std::uint32_t root = 0; root < roots.size(); ++root) give_up_behind(cut, root);
  }
  /// Returns the place of a root in the order of origins. A record that a stage made by itself
  /// stands first.
  OriginPlace place(std::uint32_t root) const {
    if (root == detail::kNoRoot) return first_place;
    if (root < origin_refs.size() && origin_refs[root]) return origin_refs[root]->place;
    return {number, root_base + root, source};
  }
  MergeRank rank_of(std::uint32_t root) const {
    return root < ranks.size() ? ranks[root] : MergeRank{place(root)};
  }
  void set_number(TokenNumber number_) {
    number = number_;
    first_place = {number, 0, source};
  }
  void add_unfinished(Unfinished rest) {
    if (rest.begin >= rest.end) return;
    WEIR_CHECK(unfinished_count < 2);
    rests[unfinished_count++] = rest;
  }

  std::uint64_t capacity() const {
    return work.capacity() + letters.capacity_bytes() + roots.capacity_bytes() +
           origin_refs.capacity_bytes() + ranks.capacity_bytes();
  }
  void reset();

  Kind kind = Kind::data;
  TokenNumber number;
  StageId finish_stage;      ///< For kind finish: the serial stage whose `finish` runs.
  bool finish_more = false;  ///< True if that stage wants to be called again.
  SourceId source;           ///< In a source's region.
  OriginPlace first_place;   ///< The smallest place in the token.
  MergeRank frontier;        ///< All below it has left the region when this token has (in order).
  bool mixed = false;        ///< True if its origins are of several sources.
  bool sorted = true;        ///< True if its records stand in the order of origins.
  Workspace work;
  RecordArray letters;  ///< Dead letters on their way. Their bytes are in `work`.
  PooledArray<RootMark> roots;
  /// The references of origins that came from another batch, or whose records went on to one. May
  /// be shorter than `roots`; elements may be null.
  PooledArray<OriginRef*> origin_refs;
  /// The merge ranks of the roots, where merges below need them.
  PooledArray<MergeRank> ranks;
  std::uint32_t root_base = 0;  ///< Roots that were booked before roots[0].
  std::uint32_t credits = 0;    ///< Credits that this token holds.
  Split split;                  ///< The part that is not loaded yet.
  std::uint64_t bytes = 0;      ///< Bytes of text, as read.
  bool filled = true;           ///< True if the source put records into it, rather than a split.
  bool voided = false;          ///< True if it lies behind the cut: nothing of it is processed.
  Unfinished rests[2];
  int unfinished_count = 0;
  bool holds_reserve = false;  ///< True if a serial stage's part of the reserve is in use here.
  IdVector<StageId, StageTally> tallies;
  FailureNotes failures;
  std::uint64_t fill_ns = 0;      ///< The time that filling it took.
  bool at_head = false;           ///< True while the head finisher works on it.
  bool staged = false;            ///< True at the region's end, once its last stages are done.
  std::uint32_t exit_record = 0;  ///< The index of the next record to leave the region.
  std::uint32_t exit_letter = 0;
  std::atomic<StageId> stage{StageId()};  ///< The stage it is in, for the report of a stuck run.
  /// What other threads may see of a token on its way, to name the head of line.
  struct Sight {
    std::atomic<TokenNumber> number{TokenNumber()};
    std::atomic<std::uint64_t> position{0};
    std::atomic<std::uint32_t> part{0};
    std::atomic<std::int64_t> since{0};  ///< When it was filled; 0 if it is not on its way.
  } sight;
  /// Updates `sight`.
  void show();
};

}  // namespace weir::flow
