#pragma once

#include "graph/flow/accounts.h"
#include "graph/flow/environment.h"
#include "graph/flow/token.h"

namespace weir {

/// Gives records to the sink, up to the fence, and books what became of them.
class SinkWriter {
 public:
  SinkWriter(Environment& env, Accounts& accounts);

  void write(Token& token, Workspace& work) {
    write(token, work, {work.records.data(), work.records.size()});
  }
  /// Some of the records that stand in `work`.
  void write(Token& token, Workspace& work, std::span<detail::RecordData> records);

 private:
  void settle(Token& token, std::span<detail::RecordData> records);

  Environment& env_;
  Accounts& accounts_;
  PlannedStage& planned_;
  const std::uint16_t stage_;
};

}  // namespace weir
