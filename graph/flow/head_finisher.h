#pragma once

#include <memory>
#include <vector>

#include "graph/flow/accounts.h"
#include "graph/flow/caught.h"
#include "graph/flow/exit.h"
#include "graph/flow/share.h"
#include "graph/flow/stage_runner.h"

namespace weir {

/// Finishes a token that ran out of memory, when it is the oldest one: in the region's last node,
/// record by record and depth first, so that at most one record and what it becomes in each stage
/// are held, which is what the ledger's reserve is for. Nobody else needs to give memory back
/// first, so the run cannot deadlock on memory. (DESIGN.md, "Memory".)
///
/// Where what leaves finds no room it stops and goes on later from there: the walk is data.
class HeadFinisher {
 public:
  HeadFinisher(Environment& env, Share& share, std::vector<std::unique_ptr<StageRunner>>& runners,
               Exit& exit, Exit& letters, Accounts& accounts);

  /// False: what leaves the region finds no room now; call again with the same token.
  bool finish(Token& token, int slot);

 private:
  /// A stage whose output stands in its level: the next of it to go on.
  struct Frame {
    std::size_t stage = 0;
    std::uint32_t at = 0;
    bool tried = false;  ///< It is known that none of it fails the run.
  };
  enum class Phase : std::uint8_t { idle, rests, split };

  void begin(Token& token);
  bool step(Token& token, int slot);
  bool step_rests(Token& token, int slot);
  void step_split(Token& token, int slot);
  bool walk(Token& token, int slot);
  bool walk_frame(Token& token, int slot);
  bool pop(Token& token);
  bool send_made(Token& token);
  bool send_letters(Token& token, std::uint64_t below);
  void enter(Token& token, std::size_t stage, const detail::RecordData& record, int slot);
  bool leave_rest(Token& token, std::size_t rest, int slot);
  bool rehearse(Token& token, std::size_t stage, const detail::RecordData& record, int slot);
  bool rehearse_origin(Token& token, std::size_t rest, std::uint32_t at, int slot);
  bool rehearse_from(std::size_t stage, const detail::RecordData& record, int slot);
  bool may_fail_run(std::size_t stage) const;
  bool fenced(const Token& token, const detail::RecordData& record) const;
  const detail::RecordData& rest_record(const Token& token, std::size_t rest,
                                        std::uint32_t at) const;
  void stalled_source(Token& token);
  void fail_at_head(const Token& token, const Caught& caught);

  Environment& env_;
  Share& share_;
  std::vector<std::unique_ptr<StageRunner>>& runners_;
  Exit& exit_;
  Exit& letters_;
  Accounts& accounts_;
  const std::size_t first_;  ///< The first stage that works on batches.
  const std::size_t end_;    ///< The first that does not: the sink, or the next region.
  std::vector<std::unique_ptr<Workspace>> levels_;  ///< One a stage; levels_[0]: the source's.
  Token rehearsal_;                                 ///< Takes what a rehearsal would book.

  // The walk through the token now being finished.
  Phase phase_ = Phase::idle;
  std::vector<Unfinished> rests_;
  std::size_t rest_ = 0;
  std::uint32_t rest_at_ = 0;
  std::uint32_t last_root_ = detail::kNoRoot;
  std::uint32_t split_at_ = 0;  ///< Of levels_[0].
  std::vector<Frame> frames_;
  // The token's letters: first those from before the walk, which leave between its records.
  std::uint32_t old_letters_ = 0;
  std::uint32_t old_sent_ = 0;
  std::uint32_t new_sent_ = 0;
};

}  // namespace weir
