#pragma once

#include <memory>
#include <vector>

#include "graph/flow/accounts.h"
#include "graph/flow/caught.h"
#include "graph/flow/sink_writer.h"
#include "graph/flow/stage_runner.h"

namespace weir {

/// Finishes a token that ran out of memory, when it is the oldest one: in the sink's node, record
/// by record and depth first, so that at most one record and what it becomes in each stage are
/// held, which is what the ledger's reserve is for. Nobody else needs to give memory back first, so
/// the run cannot deadlock on memory. (DESIGN.md, "Memory".)
class HeadFinisher {
 public:
  HeadFinisher(Environment& env, std::vector<std::unique_ptr<StageRunner>>& runners,
               SinkWriter& sink, Accounts& accounts);

  void finish(Token& token, int slot);

 private:
  void descend(Token& token, std::size_t stage, const detail::RecordData& record, int slot);
  bool rehearse(Token& token, std::size_t stage, const detail::RecordData& record, int slot);
  std::uint32_t write_rest(Token& token, std::size_t rest, int slot);
  bool rehearse_origin(Token& token, std::size_t rest, std::uint32_t at, int slot);
  bool rehearse_from(std::size_t stage, const detail::RecordData& record, int slot);
  bool may_fail_run(std::size_t stage) const;
  bool fenced(const Token& token, const detail::RecordData& record) const;
  void finish_rests(Token& token, int slot);
  const detail::RecordData& rest_record(const Token& token, std::size_t rest,
                                        std::uint32_t at) const;
  void finish_split(Token& token, int slot);
  void stalled_source(Token& token);
  void fail_at_head(const Token& token, const Caught& caught);

  Environment& env_;
  std::vector<std::unique_ptr<StageRunner>>& runners_;
  SinkWriter& sink_;
  Accounts& accounts_;
  std::vector<std::unique_ptr<Workspace>> levels_;  ///< One a stage.
  Token rehearsal_;                                 ///< Takes what a rehearsal would book.
  std::vector<Unfinished> rests_;                   ///< Of the token now being finished.
};

}  // namespace weir
