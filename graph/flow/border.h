#pragma once

#include <functional>
#include <map>

#include "graph/flow/exit.h"
#include "graph/flow/reorder_buffer.h"

namespace weir {

/// The end of a region whose records go on to others: copies them into the next region's reorder
/// buffer, letters among them, or letters into the buffers that they are addressed to. Each origin
/// that leaves gets a ticket, by which its outcome is found in the end.
class Border final : public Exit {
 public:
  /// `next`: null where a sink takes the records. `letter_boxes`: by the stage that letters name,
  /// used only where the main chain ends.
  Border(ReorderBuffer* next, std::map<int, ReorderBuffer*> letter_boxes)
      : next_(next), letter_boxes_(std::move(letter_boxes)) {}

  std::size_t take(Token& token, Workspace& work, std::span<detail::RecordData> records) override;
  std::size_t take_letters(Token& token, std::span<detail::RecordData> letters) override;

 private:
  bool hand_on(Token& token, detail::RecordData& record, ReorderBuffer& to);
  void flush();
  static Ticket** ticket_place(Token& token, std::uint32_t root);

  ReorderBuffer* const next_;
  const std::map<int, ReorderBuffer*> letter_boxes_;
};

}  // namespace weir
