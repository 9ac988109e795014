#pragma once

#include <map>
#include <string>
#include <vector>

#include "graph/flow/environment.h"
#include "graph/flow/token.h"

namespace weir {

/// The books of a run: every origin's outcome, every stage's counts and errors. Written where
/// tokens end; read at the end. Thread-safe; one lock a token.
class Accounts {
 public:
  explicit Accounts(Environment& env);

  /// Books the outcomes of the token's roots, and forgets them: what is loaded later starts anew.
  void book_roots(Token& token);
  /// Books the outcome of an origin that no batch and no slot holds any more. From any thread.
  void book(Ticket& ticket);
  /// Books the token's tallies and failures.
  void book_token(Token& token);
  void note_head_finish() { finished_at_head_.fetch_add(1, std::memory_order_relaxed); }
  void note_delivered(std::uint64_t records) {
    delivered_.fetch_add(records, std::memory_order_relaxed);
  }

  std::uint64_t delivered() const { return delivered_.load(std::memory_order_relaxed); }
  /// Whether the failure that the fence holds counts: not if it lies behind where a stage wanted
  /// no more input.
  bool failed() const;
  /// Forgets a failure that does not count, before what the serial stages make in the end.
  void forget_void_failure();
  void fill(Report& report) const;

 private:
  struct StageBook {
    std::uint64_t in = 0;
    std::uint64_t out = 0;
    std::uint64_t busy_ns = 0;
    std::map<std::string, std::uint64_t, std::less<>> errors;
  };

  void refresh_ends();
  void book_ticket(Ticket& ticket);
  void give_pieces();
  void book_mark(RootMark mark, Place place, std::uint64_t count);
  RootMark final_mark(RootMark mark, Place place) const;
  bool counts(std::size_t source) const;
  bool is_void(Place place, std::size_t stage) const;
  std::string reason_name(std::uint16_t reason) const;

  Environment& env_;
  mutable std::mutex books_mutex_;  ///< A report of a hung run is made while others still book.
  std::vector<StageBook> stages_;
  std::map<RootMark, std::uint64_t> outcomes_;
  std::vector<ErrorSample> samples_;
  std::map<std::pair<std::uint16_t, std::string>, int> sampled_;
  std::uint64_t kept_ = 0;
  std::uint64_t batches_ = 0;
  std::atomic<std::uint64_t> finished_at_head_{0};
  std::atomic<std::uint64_t> delivered_{0};
  std::vector<Piece> pieces_;  ///< Of tickets that were booked, out of `pool_`.
  SlabPool* pool_ = nullptr;
  // The place of a fence or an input's end seldom moves: looked up once a token. By source.
  bool plain_ = true;  ///< There is neither.
  std::vector<std::optional<Place>> fences_;
  std::vector<std::optional<InputEnd>> ends_;
};

}  // namespace weir
