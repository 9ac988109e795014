#include "graph/flow/accounts.h"

#include <algorithm>
#include <array>

#include "graph/flow/failure.h"

namespace weir {
namespace {

/// Samples of each stage and kind in the report.
constexpr int kSamples = 3;

}  // namespace

Accounts::Accounts(Environment& env)
    : env_(env),
      stages_(env.plan.stages.size()),
      fences_(env.plan.sources.size()),
      ends_(env.plan.sources.size()) {}

/// Whether a failure does not count: the stage was to see nothing of what stands there.
bool Accounts::is_void(Place place, std::size_t stage) const {
  const auto& end = ends_[place.source];
  return end && place > end->place && stage < end->stage;
}

/// What lies behind the fence was given up; what a stage did not want any more is filtered.
RootMark Accounts::final_mark(RootMark mark, Place place) const {
  const Outcome outcome = outcome_of(mark);
  const auto& end = ends_[place.source];
  const auto& fence = fences_[place.source];
  const bool wanted = !end || place <= end->place;
  if (!wanted && outcome != Outcome::delivered && outcome != Outcome::aggregated) {
    return root_mark(Outcome::filtered, kAfterTake);
  }
  if (fence && place >= *fence && outcome < Outcome::abandoned && outcome != Outcome::delivered) {
    return root_mark(Outcome::abandoned, kAfterFailure);
  }
  return mark;
}

void Accounts::refresh_ends() {
  plain_ = !env_.fence.raised() && !env_.input_has_end.load(std::memory_order_acquire);
  if (plain_) return;
  for (std::size_t source = 0; source < fences_.size(); ++source) {
    fences_[source] = env_.fence.place(source);
    ends_[source] = env_.input_end(source);
  }
}

void Accounts::book_mark(RootMark mark, Place place, std::uint64_t count) {
  outcomes_[plain_ ? mark : final_mark(mark, place)] += count;
  env_.in_flight.fetch_sub(count, std::memory_order_relaxed);
}

void Accounts::book_roots(Token& token) {
  const std::lock_guard books(books_mutex_);
  refresh_ends();
  const std::uint32_t count = token.roots.size();
  const bool plain = token.tickets.size() == 0 && plain_;
  for (std::uint32_t i = 0; i < count;) {
    const RootMark mark = token.roots[i];
    std::uint32_t next = i + 1;
    Ticket* const ticket = i < token.tickets.size() ? token.tickets[i] : nullptr;
    if (ticket) {
      ticket->mark(mark);
      if (ticket->let_go()) book_ticket(*ticket);
    } else {
      // Neighbours mostly share an outcome.
      while (plain && next < count && token.roots[next] == mark) ++next;
      book_mark(mark, {token.sequence, token.root_base + i, token.source}, next - i);
    }
    i = next;
  }
  give_pieces();
  token.root_base += count;
  token.roots.clear();
  token.tickets.clear();
  token.ranks.clear();
}

void Accounts::book(Ticket& ticket) {
  const std::lock_guard books(books_mutex_);
  refresh_ends();
  book_ticket(ticket);
  give_pieces();
}

void Accounts::book_ticket(Ticket& ticket) {
  const Place place = ticket.place;
  const bool counted = ticket.counted;
  const Ticket::Remains remains = ticket.take_mark();
  if (counted) book_mark(remains.mark, place, 1);
  if (remains.pool != pool_) give_pieces();
  pool_ = remains.pool;
  pieces_.push_back(remains.piece);
}

/// Gives back what tickets that were booked stood in: together, for that takes a lock.
void Accounts::give_pieces() {
  if (pool_) pool_->give(pieces_);
  pieces_.clear();
}

void Accounts::book_token(Token& token) {
  const std::lock_guard books(books_mutex_);
  ++batches_;
  for (std::size_t i = 0; i < stages_.size(); ++i) {
    stages_[i].in += token.tallies[i].in;
    stages_[i].out += token.tallies[i].out;
    stages_[i].busy_ns += token.tallies[i].busy_ns;
  }
  for (const FailureNote& note : token.failures) {
    if (is_void(note.place, note.stage)) continue;
    ++stages_[note.stage].errors[token.failure_kinds[note.kind]];
    if (note.kept) ++kept_;
  }
  for (const RecordFailure& failure : token.samples) {
    if (is_void(failure.place, failure.stage)) continue;
    if (env_.services.error) env_.services.error(failure_sample(env_, failure));
    if (++sampled_[{failure.stage, failure.kind}] <= kSamples) {
      samples_.push_back(failure_sample(env_, failure));
    }
  }
}

bool Accounts::counts(std::size_t source) const {
  const auto fence = env_.fence.place(source);
  if (!fence) return false;
  const auto end = env_.input_end(source);
  if (!end || *fence <= end->place) return true;
  const std::string stage = env_.fence.failure().stage;
  const auto& stages = env_.plan.stages;
  const auto found = std::find_if(stages.begin(), stages.end(),
                                  [&](const PlannedStage& one) { return one.name == stage; });
  return static_cast<std::size_t>(found - stages.begin()) >= end->stage;
}

bool Accounts::failed() const {
  for (std::size_t source = 0; source < env_.fence.sources(); ++source) {
    if (counts(source)) return true;
  }
  return false;
}

void Accounts::forget_void_failure() {
  for (std::size_t source = 0; source < env_.fence.sources(); ++source) {
    const auto fence = env_.fence.place(source);
    if (fence && !counts(source)) env_.fence.clear(*fence);
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
    case kNoReason:
      return "no_output";
    default:
      return env_.plan.stages[reason].name;
  }
}

void Accounts::fill(Report& report) const {
  const std::lock_guard books(books_mutex_);
  for (const auto& [mark, count] : outcomes_) {
    const auto outcome = static_cast<std::size_t>(outcome_of(mark));
    report.outcomes[outcome] += count;
    report.reasons[outcome][reason_name(reason_of(mark))] += count;
  }
  report.kept = kept_;
  report.delivered = delivered();
  report.batches = batches_;
  report.finished_at_head = finished_at_head_;
  report.samples = samples_;
  for (std::size_t i = 0; i < stages_.size(); ++i) {
    StageReport& stage = report.stages.emplace_back();
    stage.name = env_.plan.stages[i].name;
    stage.type = env_.plan.stages[i].type->name;
    stage.in = stages_[i].in;
    stage.out = stages_[i].out;
    stage.busy_seconds = static_cast<double>(stages_[i].busy_ns) * 1e-9;
    stage.errors.insert(stages_[i].errors.begin(), stages_[i].errors.end());
  }
}

}  // namespace weir
