#include "graph/flow/border.h"

#include <cassert>
#include <utility>

namespace weir {

using detail::RecordData;

template <class Do>
void Border::each_entry(Do todo) {
  for (const auto& readers : ports_) {
    for (const Entry& entry : readers) todo(entry);
  }
  for (const auto& [stage, entry] : letters_) todo(entry);
}

std::size_t Border::take(Token& token, Workspace&, std::span<RecordData> records) {
  std::size_t taken = 0;
  while (taken < records.size() && hand_on(token, records[taken])) ++taken;
  flush();
  if (taken < records.size()) advance(rank_);
  return taken;
}

std::size_t Border::take_letters(Token& token, std::span<RecordData> letters) {
  std::size_t taken = 0;
  for (; taken < letters.size(); ++taken) {
    const detail::Extra& extra = *letters[taken].extra;
    number(token, letters[taken], letter_siblings_);
    if (!give(token, letters[taken], letters_.at(extra.letter_to), extra.error.stage)) break;
    handed_on();
  }
  flush();
  if (taken < letters.size()) advance(rank_);
  return taken;
}

void Border::flush() {
  each_entry([](const Entry& entry) { entry.buffer->flush(entry.inlet); });
}

void Border::advance(const Rank& rank) {
  if (!tells_) return;
  each_entry([&](const Entry& entry) { entry.buffer->advance(entry.inlet, rank); });
}

void Border::done() {
  each_entry([](const Entry& entry) { entry.buffer->not_coming(entry.inlet); });
}

void Border::close() {
  each_entry([](const Entry& entry) { entry.buffer->close(entry.inlet); });
}

/// The record's rank behind this region: a fork numbers the children of each origin.
void Border::number(Token& token, const RecordData& record, Siblings& siblings) {
  if (std::exchange(begun_, true)) return;
  rank_ = token.rank_of(record.root);
  if (!fork_ || !tells_) return;
  if (rank_ != siblings.of) siblings = {rank_, 0};
  rank_.child[*fork_] = siblings.count++;
}

/// The next record may come.
void Border::handed_on() {
  begun_ = false;
  reader_ = 0;
  if (!made_) return;
  if (made_->let_go()) {
    const Ticket::Remains remains = made_->take_mark();
    remains.pool->give(remains.piece);
  }
  made_ = nullptr;
}

/// To each reader of its port. False: there is no room now.
bool Border::hand_on(Token& token, RecordData& record) {
  number(token, record, siblings_);
  assert(record.port < ports_.size() && "every port that is sent to is read");
  const std::vector<Entry>& readers = ports_[record.port];
  for (; reader_ < readers.size(); ++reader_) {
    const Entry& reader = readers[reader_];
    if (!give(token, record, reader, reader.buffer->stage())) return false;
  }
  handed_on();
  return true;
}

/// False: there is no room now. `stage`: where it goes to; of a letter, where it was written.
bool Border::give(Token& token, RecordData& record, const Entry& to, std::size_t stage) {
  Environment& env = to.buffer->environment();
  if (env.abandoned()) {
    token.mark(record.root, root_mark(Outcome::abandoned, kInterrupted));
    return true;
  }
  if (to.buffer->unwanted()) {
    to.buffer->not_coming(to.inlet);
    token.mark(record.root, root_mark(Outcome::filtered, kAfterTake));
    return true;
  }
  // What lies beyond has its outcome by where it stands.
  if (env.beyond(rank_.place, stage)) {
    to.buffer->not_coming(to.inlet);
    token.give_up_behind(env.fence, record.root);
    return true;
  }
  const auto reason = static_cast<std::uint16_t>(to.buffer->stage());
  Ticket** const ticket = ticket_place(token, record.root);
  const auto offered = to.buffer->offer(to.inlet, record, rank_, ticket);
  if (made_) made_->counted = false;
  switch (offered) {
    case ReorderBuffer::Offered::full:
      return false;
    case ReorderBuffer::Offered::shed:
      token.mark(record.root, root_mark(Outcome::shed, reason));
      return true;
    case ReorderBuffer::Offered::given_up:
      token.mark(record.root, root_mark(Outcome::abandoned, reason));
      return true;
    case ReorderBuffer::Offered::taken:
      return true;
  }
  return true;
}

/// Where the origin's ticket stands, or will; what has no origin has one of its own.
Ticket** Border::ticket_place(Token& token, std::uint32_t root) {
  if (root == detail::kNoRoot) return &made_;
  // The array is small, and the token that leaves is the oldest: its region's reserve is for it.
  if (token.tickets.size() < token.roots.size()) {
    token.tickets.fill(nullptr, token.roots.size() - token.tickets.size(), Lane::reserve);
  }
  return &token.tickets[root];
}

}  // namespace weir
