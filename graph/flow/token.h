#pragma once

#include <atomic>
#include <cassert>
#include <cstdint>
#include <string>
#include <vector>

#include "graph/flow/report.h"
#include "graph/flow/workspace.h"
#include "weir/feed.h"

namespace weir {

/// How one origin ended and where: the outcome in the upper bits, so that the heavier one is the
/// larger number, and a reason (a stage's index, or one of kAfter...) in the lower ones.
using RootMark = std::uint16_t;
constexpr std::uint16_t kReasonBits = 12;
constexpr std::uint16_t kReasonMask = (1u << kReasonBits) - 1;
constexpr std::uint16_t kAfterTake = kReasonMask;
constexpr std::uint16_t kAfterFailure = kReasonMask - 1;
constexpr std::uint16_t kInterrupted = kReasonMask - 2;
constexpr std::uint16_t kNoReason = kReasonMask - 3;

constexpr RootMark root_mark(Outcome outcome, std::uint16_t reason) {
  return static_cast<RootMark>((static_cast<unsigned>(outcome) << kReasonBits) | reason);
}
constexpr Outcome outcome_of(RootMark mark) { return static_cast<Outcome>(mark >> kReasonBits); }
constexpr std::uint16_t reason_of(RootMark mark) { return mark & kReasonMask; }
constexpr RootMark kUnmarked = root_mark(Outcome::filtered, kNoReason);

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
  std::uint32_t root = 0;  ///< Logical: counted from the token's first record.
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
  std::uint32_t root = 0;
  bool kept = false;
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
  enum class Kind : std::uint8_t { data, begin, finish };
  /// So many failures of a batch keep their message and excerpt.
  static constexpr std::size_t kSamples = 16;

  Token(MemoryPool& pool, std::size_t stages)
      : work(pool, Lane::normal), roots(pool), tallies(stages) {}

  /// Whether something is left to do that only the oldest token may do.
  bool unfinished() const { return unfinished_count > 0 || !split.done(); }
  /// Whether serial stages must hold what comes behind this token until it has ended.
  bool holds_others() const { return unfinished() || holds_reserve; }

  void mark(std::uint32_t root, RootMark value) {
    if (root == detail::kNoRoot) return;
    RootMark& current = roots[root];
    if (outcome_of(value) > outcome_of(current) || current == kUnmarked) current = value;
  }
  void add_unfinished(Unfinished rest) {
    if (rest.begin >= rest.end) return;
    assert(unfinished_count < 2);
    rests[unfinished_count++] = rest;
  }
  /// Counts a failure; `full`: it has a message and may become a sample of the report.
  void add_failure(RecordFailure failure, bool full);
  bool wants_samples() const { return samples.size() < kSamples; }

  std::uint64_t capacity() const { return work.capacity() + roots.capacity_bytes(); }
  void reset();

  Kind kind = Kind::data;
  std::uint64_t sequence = 0;
  int finish_stage = 0;      ///< kind finish: the serial stage whose `finish` runs.
  bool finish_more = false;  ///< That stage wants to be called again.
  Workspace work;
  PooledArray<RootMark> roots;
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
  std::atomic<int> stage{0};  ///< Where it is; for the report of a stuck run.
};

}  // namespace weir
