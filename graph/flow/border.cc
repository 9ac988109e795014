#include "graph/flow/border.h"

namespace weir {

using detail::RecordData;

std::size_t Border::take(Token& token, Workspace&, std::span<RecordData> records) {
  std::size_t taken = 0;
  while (taken < records.size() && hand_on(token, records[taken], *next_)) ++taken;
  next_->flush();
  return taken;
}

std::size_t Border::take_letters(Token& token, std::span<RecordData> letters) {
  std::size_t taken = 0;
  for (; taken < letters.size(); ++taken) {
    ReorderBuffer& to = next_ ? *next_ : *letter_boxes_.at(letters[taken].letter_to);
    if (!hand_on(token, letters[taken], to)) break;
  }
  flush();
  return taken;
}

void Border::flush() {
  if (next_) return next_->flush();
  for (const auto& [stage, box] : letter_boxes_) box->flush();
}

/// False: there is no room now.
bool Border::hand_on(Token& token, RecordData& record, ReorderBuffer& to) {
  Environment& env = to.environment();
  const Place place = token.place(record.root);
  if (env.abandoned()) {
    token.mark(record.root, root_mark(Outcome::abandoned, kInterrupted));
    return true;
  }
  // What lies beyond has its outcome by where it stands; of a letter, where it was written counts.
  const std::size_t stage = record.letter_to != 0 ? record.extra->error.stage : to.stage();
  if (env.beyond(place, stage)) return true;
  // At the end of the chain a letter has arrived: it is an ordinary record again.
  RecordData handed = record;
  if (!next_) handed.letter_to = 0;
  switch (to.offer(handed, place, ticket_place(token, record.root))) {
    case ReorderBuffer::Offered::full:
      return false;
    case ReorderBuffer::Offered::shed:
      token.mark(record.root, root_mark(Outcome::shed, static_cast<std::uint16_t>(to.stage())));
      return true;
    case ReorderBuffer::Offered::given_up:
      token.mark(record.root,
                 root_mark(Outcome::abandoned, static_cast<std::uint16_t>(to.stage())));
      return true;
    case ReorderBuffer::Offered::taken:
      return true;
  }
  return true;
}

/// Where the origin's ticket stands, or will; null for what has no origin.
Ticket** Border::ticket_place(Token& token, std::uint32_t root) {
  if (root == detail::kNoRoot) return nullptr;
  // The array is small, and the token that leaves is the oldest: its region's reserve is for it.
  if (token.tickets.size() < token.roots.size()) {
    token.tickets.fill(nullptr, token.roots.size() - token.tickets.size(), Lane::reserve);
  }
  return &token.tickets[root];
}

}  // namespace weir
