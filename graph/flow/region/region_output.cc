#include "graph/flow/region/region_output.h"

#include <cassert>
#include <limits>
#include <utility>

namespace weir::flow {

using detail::RecordData;

namespace {

/// The number from which on the children of an origin are equal.
constexpr std::int32_t kMostSiblings = std::numeric_limits<std::int32_t>::max();

}  // namespace

template <class Do>
void RegionOutput::each_entry(Do todo) const {
  for (const auto& readers : ports_) {
    for (const Entry& entry : readers) todo(entry);
  }
  for (const auto& [stage, entry] : letters_) todo(entry);
}

void RegionOutput::choose_again() const {
  for (RegionInput* merge : merges_) merge->choose_again();
}

std::size_t RegionOutput::take(Token& token, Workspace&, std::span<RecordData> records) {
  blocked_.store(false);
  std::size_t taken = 0;
  while (taken < records.size() && hand_on(token, records[taken])) ++taken;
  flush();
  if (taken < records.size()) block(rank_);
  return taken;
}

/// Notes that there is no room for the next record or letter, and tells the other readers how far
/// the region is, and that nothing more comes to them now. `records` is how far it is for those of
/// records. For those of letters a letter may come later and yet have a smaller rank: letters of
/// one origin have no order among them.
void RegionOutput::block(const MergeRank& records) {
  blocked_.store(true);
  if (tells_) {
    for (const auto& readers : ports_) {
      for (const Entry& entry : readers) entry.input->advance(entry.index, records);
    }
    for (const auto& [stage, entry] : letters_) entry.input->advance(entry.index, rank_);
  }
  if (merges_.empty()) return;
  each_entry([this](const Entry& entry) {
    if (&entry != full_) entry.input->not_coming(entry.index);
  });
  choose_again();
}

std::size_t RegionOutput::take_letters(Token& token, std::span<RecordData> letters) {
  blocked_.store(false);
  std::size_t taken = 0;
  for (; taken < letters.size(); ++taken) {
    const detail::Extra& extra = *letters[taken].extra;
    number(token, letters[taken], letter_siblings_);
    if (!give(token, letters[taken], letters_.at(StageId(extra.letter_to)),
              StageId(extra.error.stage)))
      break;
    handed_on();
  }
  flush();
  if (taken < letters.size()) block(next_record_at(rank_));
  return taken;
}

/// Returns the rank that the next record of a letter's origin will have: others of it may still
/// come, and are numbered by themselves.
MergeRank RegionOutput::next_record_at(MergeRank letter) const {
  if (!fork_ || !tells_) return letter;
  std::int32_t& child = letter.child[*fork_];
  child = 0;
  if (letter == siblings_.of) child = siblings_.next;
  return letter;
}

void RegionOutput::flush() {
  each_entry([](const Entry& entry) { entry.input->flush(entry.index); });
}

void RegionOutput::advance(const MergeRank& rank) {
  if (!tells_) return;
  each_entry([&](const Entry& entry) { entry.input->advance(entry.index, rank); });
}

void RegionOutput::done() {
  blocked_.store(false);
  if (merges_.empty()) return;
  each_entry([](const Entry& entry) { entry.input->batch_left(entry.index); });
  choose_again();
}

void RegionOutput::quiet() { choose_again(); }

void RegionOutput::close() {
  each_entry([](const Entry& entry) { entry.input->close(entry.index); });
  choose_again();
}

/// Sets the record's merge rank behind this region. A fork numbers the children of each origin.
void RegionOutput::number(Token& token, const RecordData& record, Siblings& siblings) {
  if (std::exchange(begun_, true)) return;
  rank_ = token.rank_of(record.root);
  if (!fork_ || !tells_) return;
  if (rank_ != siblings.of) {
    siblings.of = rank_;
    siblings.next = siblings.first;
  }
  rank_.child[*fork_] = siblings.next;
  if (siblings.next < kMostSiblings) ++siblings.next;
}

/// Completes a record, so that the next one may come.
void RegionOutput::handed_on() {
  begun_ = false;
  reader_ = 0;
  if (!made_) return;
  if (made_->let_go()) {
    const OriginRef::Remains remains = made_->take_mark();
    remains.pool->give(remains.piece);
  }
  made_ = nullptr;
}

/// Gives a record to each reader of its port. Returns false if there is no room now.
bool RegionOutput::hand_on(Token& token, RecordData& record) {
  number(token, record, siblings_);
  assert(record.port < ports_.size() && "every port that is sent to is read");
  const std::vector<Entry>& readers = ports_[record.port];
  for (; reader_ < readers.size(); ++reader_) {
    const Entry& reader = readers[reader_];
    if (!give(token, record, reader, reader.input->stage())) return false;
  }
  handed_on();
  return true;
}

/// Gives a record to one reader. Returns false if there is no room now. `stage` is the reader's, or
/// for a letter the one that wrote it.
bool RegionOutput::give(Token& token, RecordData& record, const Entry& to, StageId stage) {
  RunContext& context = to.input->context();
  if (context.abandoned()) {
    token.mark(record.root, root_mark(Outcome::abandoned, kInterrupted));
    return true;
  }
  if (const std::uint16_t reason = to.input->unwanted()) {
    to.input->not_coming(to.index);
    token.mark(record.root, root_mark(Outcome::filtered, reason));
    return true;
  }
  // The place of what lies beyond decides its outcome.
  if (context.beyond(rank_.place, stage)) {
    to.input->not_coming(to.index);
    token.give_up_behind(context.failure_cut, record.root);
    return true;
  }
  OriginRef** const origin_ref = ref_of(token, record.root);
  const auto offered = to.input->offer(to.index, record, rank_, origin_ref);
  if (made_) made_->counted = false;
  switch (offered) {
    case RegionInput::Offered::full:
      full_ = &to;
      return false;
    case RegionInput::Offered::shed:
      token.mark(record.root, root_mark(Outcome::shed, to.input->stage()));
      return true;
    case RegionInput::Offered::given_up:
      token.mark(record.root, root_mark(Outcome::abandoned, to.input->stage()));
      return true;
    case RegionInput::Offered::taken:
      return true;
  }
  return true;
}

/// Returns where the reference of the record's origin is stored, or will be. A record without an
/// origin has one of its own.
OriginRef** RegionOutput::ref_of(Token& token, std::uint32_t root) {
  if (root == detail::kNoRoot) return &made_;
  // The array is small, and the token that leaves is the oldest, which its region's reserve is for.
  if (token.origin_refs.size() < token.roots.size()) {
    token.origin_refs.fill(nullptr, token.roots.size() - token.origin_refs.size(), Lane::reserve);
  }
  return &token.origin_refs[root];
}

}  // namespace weir::flow
