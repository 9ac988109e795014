#pragma once

#include "graph/flow/batch/token.h"
#include "graph/flow/stage/region_context.h"

namespace weir::flow {

/// Takes the records of one token from a source: into `work`, with roots and credits of `token`.
class TokenFeed final : public Feed {
 public:
  TokenFeed(const RegionContext& region, Token& token, Workspace& work, std::uint32_t want_records,
            std::uint64_t want_bytes);

  std::uint32_t begin_part(Part part) override;
  void hand_out(const Split& split) override;

  std::uint64_t bytes() const { return bytes_; }
  bool handed_out() const { return handed_out_; }
  /// Counts what was appended: from then on it is in `work` and in the token's roots.
  void book();
  /// Calls the source by `body`. Throws OutOfMemory if memory was short, whatever the source made
  /// of that. A source that went on as if nothing had happened may have dropped records, and fails.
  template <class Body>
  void call(Body&& body) {
    try {
      body();
    } catch (...) {
      if (arena_->refusal() == detail::Refusal::memory) arena_->end_call();
      throw;
    }
    if (arena_->refusal() != detail::Refusal::memory) return;
    arena_->begin_call(record_limit_);
    throw Error("memory", "the source caught what says that memory is short, and went on", false);
  }

 private:
  SourceId source() const { return token_.source; }
  void make_room() override;
  void make_more_room();
  void reject_size(Record& record, std::size_t size) override;

  RunContext& context_;
  RegionQuota& quota_;
  Token& token_;
  Workspace& work_;
  bool handed_out_ = false;
};

/// Loads the rest of the token's split into `work`, at most `want_records`, and settles the records
/// that the source failed. An exception of the source fails the run behind the records already
/// loaded.
void load_split(const RegionContext& region, Token& token, Workspace& work,
                std::uint32_t want_records, std::uint64_t want_bytes);

/// Settles a feed that a source has filled: counts what entered, returns surplus credits, and
/// applies `on_error` to the records that the source failed.
void settle_feed(const RegionContext& region, Token& token, Workspace& work, TokenFeed& feed);

/// Fails the source behind all that `token` holds. By its `on_error` that ends the run, or only its
/// own input. Call it only in a catch block.
void fail_at_source(RunContext& context, Token& token);

}  // namespace weir::flow
