#pragma once

#include <memory>
#include <vector>

#include "graph/flow/context/caught.h"
#include "graph/flow/stage/exit.h"
#include "graph/flow/stage/region_context.h"

namespace weir::flow {

/// Finishes a token that ran out of memory, once it is the oldest one: in the region's last node,
/// record by record and depth first, so that at most one record and what it becomes in each stage
/// are held. The ledger's reserve is for exactly that. Nobody else needs to return memory first, so
/// the run cannot deadlock on memory. (DESIGN.md, "Memory".)
///
/// If the exit has no room, it stops, and later goes on from there: the state of the walk is data.
class HeadFinisher {
 public:
  HeadFinisher(const RegionContext& region, Exit& exit, Exit& letters);

  /// Finishes the token. Returns false if the exit has no room now; then call it again with the
  /// same token.
  bool finish(Token& token, int slot);

 private:
  /// A stage whose output stands in its level, and the next record of that to go on.
  struct Frame {
    StageId stage;
    std::uint32_t at = 0;
    bool tried = false;  ///< True if it is known that none of it fails the run.
  };
  enum class Phase : std::uint8_t { idle, rests, split };

  void begin(Token& token);
  bool step(Token& token, int slot);
  bool step_rests(Token& token, int slot);
  void step_split(Token& token, int slot);
  bool walk(Token& token, int slot);
  bool pop(Token& token);
  bool send_made(Token& token);
  bool send_letters(Token& token, std::uint64_t below);
  void enter(Token& token, StageId stage, const detail::RecordData& record, int slot);
  bool leave_rest(Token& token, std::size_t rest, int slot);
  bool rehearse(Token& token, StageId stage, const detail::RecordData& record, int slot);
  bool rehearse_origin(Token& token, std::size_t rest, std::uint32_t at, int slot);
  bool rehearse_from(StageId stage, const detail::RecordData& record, int slot);
  /// Returns where what comes out of `stage` stands.
  Workspace& level_of(StageId stage) {
    return *levels_[static_cast<std::size_t>(stage - first_) + 1];
  }
  bool may_fail_run(StageId stage) const;
  bool is_cut(const Token& token, const detail::RecordData& record) const;
  const detail::RecordData& rest_record(const Token& token, std::size_t rest,
                                        std::uint32_t at) const;
  void stalled_source(Token& token);
  void fail_at_head(const Token& token, const Caught& caught);

  const RegionContext region_;
  RunContext& context_;
  Exit& exit_;
  Exit& letters_;
  const StageId first_;  ///< The first stage that works on batches.
  const StageId end_;    ///< The first behind these: the sink, or the end of the region.
  std::vector<std::unique_ptr<Workspace>> levels_;  ///< One a stage; levels_[0] is the source's.
  Token rehearsal_;                                 ///< Takes what a rehearsal would book.

  // The state of the walk through the token that is being finished.
  Phase phase_ = Phase::idle;
  std::vector<Unfinished> rests_;
  std::size_t rest_ = 0;
  std::uint32_t rest_at_ = 0;
  std::uint32_t last_root_ = detail::kNoRoot;
  std::uint32_t split_at_ = 0;  ///< Index into the records of levels_[0].
  std::vector<Frame> frames_;
  // The token's letters: first those from before the walk, which leave between its records.
  std::uint32_t old_letters_ = 0;
  std::uint32_t old_sent_ = 0;
  std::uint32_t new_sent_ = 0;
};

}  // namespace weir::flow
