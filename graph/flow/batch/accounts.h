#pragma once

#include <map>
#include <string>
#include <vector>

#include "graph/flow/batch/token.h"
#include "graph/flow/context/run_context.h"
#include "graph/flow/sync/mutex.h"

namespace weir::flow {

/// The books of a run: the outcome of every origin, and the counts and errors of every stage.
/// Written where tokens end, read at the end. Thread-safe; one lock for each token.
class Accounts {
 public:
  explicit Accounts(RunContext& context);

  /// Books the outcomes of the token's roots and clears them: what is loaded later starts anew.
  void book_roots(Token& token);
  /// Books the outcome of an origin that no batch and no slot holds any longer. From any thread.
  void book(OriginRef& origin_ref);
  /// Books the token's tallies and failures.
  void book_token(Token& token);
  void note_head_finish() { finished_at_head_.fetch_add(1, std::memory_order_relaxed); }
  /// Counts delivered records. `made` of them have no origin: stages made them by themselves.
  void note_delivered(std::uint64_t records, std::uint64_t made) {
    delivered_.fetch_add(records, std::memory_order_relaxed);
    if (made > 0) made_.fetch_add(made, std::memory_order_relaxed);
  }

  std::uint64_t delivered() const { return delivered_.load(std::memory_order_relaxed); }
  /// Returns whether the failure at the cut counts. It does not if it lies behind the place where a
  /// stage wanted no more input.
  bool failed() const;
  /// Withdraws a failure that does not count, before the serial stages make their last records.
  void forget_void_failure();
  void fill(Report& report) const;

 private:
  /// The counts of one stage.
  struct StageBook {
    std::uint64_t in = 0;
    std::uint64_t out = 0;
    std::uint64_t busy_ns = 0;
    std::map<std::string, std::uint64_t, std::less<>> errors;
  };

  void refresh_ends() WEIR_REQUIRES(books_mutex_);
  void book_ref(OriginRef& origin_ref) WEIR_REQUIRES(books_mutex_);
  void give_pieces() WEIR_REQUIRES(books_mutex_);
  void book_mark(RootMark mark, OriginPlace place, std::uint64_t count) WEIR_REQUIRES(books_mutex_);
  RootMark final_mark(RootMark mark, OriginPlace place) const WEIR_REQUIRES(books_mutex_);
  bool counts(SourceId source) const;
  bool is_void(OriginPlace place, StageId stage) const WEIR_REQUIRES(books_mutex_);
  std::string reason_name(std::uint16_t reason) const;

  RunContext& context_;
  mutable Mutex books_mutex_;  ///< A report of a hung run is made while others still book.
  IdVector<StageId, StageBook> stages_ WEIR_GUARDED_BY(books_mutex_);
  std::map<RootMark, std::uint64_t> outcomes_ WEIR_GUARDED_BY(books_mutex_);
  std::vector<ErrorSample> samples_ WEIR_GUARDED_BY(books_mutex_);
  std::map<std::pair<StageId, std::string>, int> sampled_ WEIR_GUARDED_BY(books_mutex_);
  std::uint64_t kept_ WEIR_GUARDED_BY(books_mutex_) = 0;
  std::uint64_t batches_ WEIR_GUARDED_BY(books_mutex_) = 0;
  std::atomic<std::uint64_t> finished_at_head_{0};
  std::atomic<std::uint64_t> delivered_{0};
  std::atomic<std::uint64_t> made_{0};
  std::vector<Piece> pieces_
      WEIR_GUARDED_BY(books_mutex_);  ///< Memory of booked origin references, out of `pool_`.
  SlabPool* pool_ WEIR_GUARDED_BY(books_mutex_) = nullptr;
  // The place of a cut or of an input's end seldom changes, so it is looked up once for each token.
  bool plain_ WEIR_GUARDED_BY(books_mutex_) = true;  ///< True if there is neither.
  IdVector<SourceId, std::optional<OriginPlace>> cuts_ WEIR_GUARDED_BY(books_mutex_);
  IdVector<SourceId, std::optional<InputEnd>> ends_;
};

}  // namespace weir::flow
