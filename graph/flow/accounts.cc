#include "graph/flow/accounts.h"

#include <array>

#include "graph/flow/failure.h"

namespace weir {
namespace {

/// Samples of each stage and kind in the report.
constexpr int kSamples = 3;

}  // namespace

Accounts::Accounts(Environment& env) : env_(env), stages_(env.plan.stages.size()) {}

bool Accounts::beyond_input_end(Place place) const { return end_ && place > *end_; }

/// What lies behind the fence was given up; what a stage did not want any more is filtered.
RootMark Accounts::final_mark(RootMark mark, Place place) const {
  const Outcome outcome = outcome_of(mark);
  if (beyond_input_end(place) && outcome != Outcome::delivered && outcome != Outcome::aggregated) {
    return root_mark(Outcome::filtered, kAfterTake);
  }
  if (fence_ && place >= *fence_ && outcome < Outcome::abandoned && outcome != Outcome::delivered) {
    return root_mark(Outcome::abandoned, kAfterFailure);
  }
  return mark;
}

void Accounts::book_roots(Token& token) {
  const std::lock_guard books(books_mutex_);
  fence_ = env_.fence.raised() ? env_.fence.place() : std::nullopt;
  {
    const std::lock_guard lock(env_.end_mutex);
    end_ = env_.input_end;
  }
  const std::uint32_t count = token.roots.size();
  const bool final = !fence_ && !end_;
  for (std::uint32_t i = 0; i < count;) {
    // Neighbours mostly share an outcome.
    const RootMark mark = token.roots[i];
    std::uint32_t next = i + 1;
    while (final && next < count && token.roots[next] == mark) ++next;
    outcomes_[final ? mark : final_mark(mark, {token.sequence, token.root_base + i})] += next - i;
    i = next;
  }
  env_.gate.leave(count);
  token.root_base += count;
  token.roots.clear();
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
    if (beyond_input_end({token.sequence, note.root})) continue;
    ++stages_[note.stage].errors[token.failure_kinds[note.kind]];
    if (note.kept) ++kept_;
  }
  for (const RecordFailure& failure : token.samples) {
    if (beyond_input_end({token.sequence, failure.root})) continue;
    if (++sampled_[{failure.stage, failure.kind}] <= kSamples) {
      samples_.push_back(failure_sample(env_, failure));
    }
  }
}

bool Accounts::failed() const {
  const auto fence = env_.fence.place();
  return fence && !(env_.input_end && *fence > *env_.input_end);
}

void Accounts::close_input() {
  if (!failed()) env_.fence.clear();
  const std::lock_guard lock(env_.end_mutex);
  env_.input_end.reset();
  end_.reset();
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
