#pragma once

#include "graph/flow/accounts.h"
#include "graph/flow/environment.h"
#include "graph/flow/exit.h"
#include "graph/flow/token.h"

namespace weir {

/// Gives records to a sink, up to the fence, and books what became of them.
class SinkWriter final : public Exit {
 public:
  SinkWriter(Environment& env, Accounts& accounts, std::size_t stage);

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
  void address(Token& token, Workspace& work, detail::RecordData& record);
  void settle(Token& token, Workspace& work, std::span<detail::RecordData> records);

  Environment& env_;
  Accounts& accounts_;
  PlannedStage& planned_;
  const std::uint16_t stage_;
};

}  // namespace weir
