#include "graph/flow/batch/accounts.h"

#include <algorithm>
#include <array>

#include "graph/flow/context/failure.h"

namespace weir::flow {
namespace {

/// The number of samples of each stage and kind in the report.
constexpr int kSamples = 3;

}  // namespace

Accounts::Accounts(RunContext& context)
    : context_(context),
      stages_(context.plan.stages.size()),
      cuts_(context.plan.sources.size()),
      ends_(context.plan.sources.size()) {}

/// Returns whether a failure does not count, because the stage was not to see what stands there.
bool Accounts::is_void(OriginPlace place, StageId stage) const {
  const auto& end = ends_[place.source];
  return end && place > end->place && stage < end->stage;
}

/// Returns the mark to book. What lies behind the cut is abandoned, and what a stage no longer
/// wanted is filtered.
RootMark Accounts::final_mark(RootMark mark, OriginPlace place) const {
  const Outcome outcome = outcome_of(mark);
  const auto& end = ends_[place.source];
  const auto& cut = cuts_[place.source];
  const bool wanted = !end || place <= end->place;
  if (!wanted && outcome != Outcome::delivered && outcome != Outcome::aggregated) {
    return root_mark(Outcome::filtered, end->reason);
  }
  if (cut && place >= *cut && outcome < Outcome::abandoned && outcome != Outcome::delivered) {
    return root_mark(Outcome::abandoned, kAfterFailure);
  }
  return mark;
}

void Accounts::refresh_ends() {
  plain_ =
      !context_.failure_cut.raised() && !context_.input_has_end.load(std::memory_order_acquire);
  if (plain_) return;
  for (const SourceId source : cuts_.ids()) {
    cuts_[source] = context_.failure_cut.place(source);
    ends_[source] = context_.input_end(source);
  }
}

void Accounts::book_mark(RootMark mark, OriginPlace place, std::uint64_t count) {
  outcomes_[plain_ ? mark : final_mark(mark, place)] += count;
  context_.in_flight.fetch_sub(count, std::memory_order_relaxed);
}

void Accounts::book_roots(Token& token) {
  const Lock books(books_mutex_);
  refresh_ends();
  const std::uint32_t count = token.roots.size();
  const bool plain = token.origin_refs.size() == 0 && plain_;
  for (std::uint32_t i = 0; i < count;) {
    const RootMark mark = token.roots[i];
    std::uint32_t next = i + 1;
    OriginRef* const origin_ref = i < token.origin_refs.size() ? token.origin_refs[i] : nullptr;
    if (origin_ref) {
      origin_ref->mark(mark);
      if (origin_ref->let_go()) book_ref(*origin_ref);
    } else {
      // Neighbours mostly have the same outcome.
      while (plain && next < count && token.roots[next] == mark) ++next;
      book_mark(mark, {token.number, token.root_base + i, token.source}, next - i);
    }
    i = next;
  }
  give_pieces();
  token.root_base += count;
  token.roots.clear();
  token.origin_refs.clear();
  token.ranks.clear();
}

void Accounts::book(OriginRef& origin_ref) {
  const Lock books(books_mutex_);
  refresh_ends();
  book_ref(origin_ref);
  give_pieces();
}

void Accounts::book_ref(OriginRef& origin_ref) {
  const OriginPlace place = origin_ref.place;
  const bool counted = origin_ref.counted;
  const OriginRef::Remains remains = origin_ref.take_mark();
  if (counted) book_mark(remains.mark, place, 1);
  if (remains.pool != pool_) give_pieces();
  pool_ = remains.pool;
  pieces_.push_back(remains.piece);
}

/// Returns the memory of booked origin references, all at once because that takes a lock.
void Accounts::give_pieces() {
  if (pool_) pool_->give(pieces_);
  pieces_.clear();
}

void Accounts::book_token(Token& token) {
  const Lock books(books_mutex_);
  ++batches_;
  for (const StageId i : stages_.ids()) {
    stages_[i].in += token.tallies[i].in;
    stages_[i].out += token.tallies[i].out;
    stages_[i].busy_ns += token.tallies[i].busy_ns;
  }
  for (const FailureNote& note : token.failures.all()) {
    if (is_void(note.place, note.stage)) continue;
    auto& errors = stages_[note.stage].errors;
    const std::string& kind = token.failures.kind_of(note);
    const bool other = errors.size() >= kMostKinds && !errors.contains(kind);
    ++errors[other ? "other" : kind];
    if (note.kept) ++kept_;
  }
  for (const RecordFailure& failure : token.failures.samples()) {
    if (is_void(failure.place, failure.stage)) continue;
    if (context_.services.error) context_.services.error(failure_sample(context_, failure));
    const bool known = stages_[failure.stage].errors.contains(failure.kind);
    if (known && ++sampled_[{failure.stage, failure.kind}] <= kSamples) {
      samples_.push_back(failure_sample(context_, failure));
    }
  }
}

bool Accounts::counts(SourceId source) const {
  const auto cut = context_.failure_cut.place(source);
  if (!cut) return false;
  const auto end = context_.input_end(source);
  if (!end || *cut <= end->place) return true;
  const std::string stage = context_.failure_cut.failure().stage;
  const auto& stages = context_.plan.stages;
  const auto found =
      std::find_if(stages.begin(), stages.end(),
                   [&](const compile::PlannedStage& one) { return one.name == stage; });
  return StageId(found - stages.begin()) >= end->stage;
}

bool Accounts::failed() const {
  for (const SourceId source : context_.failure_cut.sources()) {
    if (counts(source)) return true;
  }
  return false;
}

void Accounts::forget_void_failure() {
  for (const SourceId source : context_.failure_cut.sources()) {
    const auto cut = context_.failure_cut.place(source);
    if (cut && !counts(source)) context_.failure_cut.clear(*cut);
  }
}

std::string Accounts::reason_name(std::uint16_t reason) const {
  switch (reason) {
    case kAfterTake:
      return "after_take";
    case kAfterFailure:
      return "after_failure";
    case kInterrupted:
      return "interrupted";
    case kBlank:
      return "blank";
    case kNoReason:
      return "no_output";
    case kMaxAge:
      return "max_age";
    case kReaderGone:
      return "reader_gone";
    case kNotFirst:
      return "not_first";
    default:
      return context_.plan.stages[StageId(reason)].name;
  }
}

void Accounts::fill(Report& report) const {
  const Lock books(books_mutex_);
  for (const auto& [mark, count] : outcomes_) {
    const auto outcome = static_cast<std::size_t>(outcome_of(mark));
    report.outcomes[outcome] += count;
    report.reasons[outcome][reason_name(reason_of(mark))] += count;
  }
  report.kept = kept_;
  report.delivered = delivered();
  report.made = made_.load(std::memory_order_relaxed);
  report.batches = batches_;
  report.finished_at_head = finished_at_head_;
  report.samples = samples_;
  for (const StageId i : stages_.ids()) {
    StageReport& stage = report.stages.emplace_back();
    stage.name = context_.plan.stages[i].name;
    stage.type = context_.plan.stages[i].type->name;
    stage.in = stages_[i].in;
    stage.out = stages_[i].out;
    stage.busy_seconds = static_cast<double>(stages_[i].busy_ns) * 1e-9;
    stage.errors.insert(stages_[i].errors.begin(), stages_[i].errors.end());
  }
}

}  // namespace weir::flow
