#pragma once

#include <functional>

#include "graph/flow/batch/accounts.h"
#include "graph/flow/batch/token.h"
#include "graph/flow/context/run_context.h"
#include "graph/flow/stage/exit.h"

namespace weir::flow {

/// Writes records to a sink, up to the failure cut, and marks their outcomes.
class SinkWriter final : public Exit {
 public:
  /// `unwanted` is called when the sink wants no more of its region's input, which others may still
  /// want.
  SinkWriter(RunContext& context, Accounts& accounts, StageId stage,
             std::function<void()> unwanted);

  std::size_t take(Token& token, Workspace& work, std::span<detail::RecordData> records) override {
    write(token, work, records);
    return records.size();
  }
  /// Letters never come this way.
  std::size_t take_letters(Token&, std::span<detail::RecordData> letters) override {
    return letters.size();
  }

 private:
  void write(Token& token, Workspace& work, std::span<detail::RecordData> records);
  void fail(Token& token, Workspace& work, detail::RecordData& record);
  void settle(Token& token, Workspace& work, std::span<detail::RecordData> records);
  void end_input(const Token& token, std::span<const detail::RecordData> records);
  static void filter(Token& token, std::span<const detail::RecordData> records);

  RunContext& context_;
  Accounts& accounts_;
  compile::PlannedStage& planned_;
  const StageId stage_;
  const std::function<void()> unwanted_;
  bool reader_gone_ = false;  ///< True once nobody reads what the sink writes.
};

}  // namespace weir::flow
