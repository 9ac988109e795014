#include "tests/flow/random/call_interpreter.h"

#include <algorithm>

namespace weir::flow::test {
namespace {

using Type = DrawnStage::Type;

Answer failure(std::string kind, std::string message, int attempts) {
  return {Answer::Act::error, {}, false, std::move(kind), std::move(message), attempts};
}

/// Of a stage that decides by MixOptions; it fails alike in each attempt.
Answer mixed(const DrawnStage& stage, const std::string& text) {
  MixOptions options = stage.options;
  if (stage.type == DrawnStage::Type::batch || stage.type == DrawnStage::Type::keyed)
    options.emit = 0;
  Verdict verdict = decide(options, text);
  switch (verdict.act) {
    case Verdict::Act::drop:
      return {};
    case Verdict::Act::fail:
      return failure("chosen", "failed on purpose", stage.attempts);
    case Verdict::Act::thrown: {
      const bool varies =
          stage.type == DrawnStage::Type::mix || stage.type == DrawnStage::Type::tally;
      const std::uint64_t which = varies ? mix(5, text) % 3 : 0;
      if (which == 1) return failure("thrown", "thrown on purpose", stage.attempts);
      return failure("exception", which == 0 ? "thrown on purpose" : "unknown exception",
                     stage.attempts);
    }
    case Verdict::Act::emit:
      return {Answer::Act::texts, std::move(verdict.texts)};
    case Verdict::Act::change:
      return {Answer::Act::texts, std::move(verdict.texts), true};
  }
  return {};
}

/// One record on its way.
struct Going {
  std::int64_t origin = -1;  ///< -1: a stage made it by itself.
  std::string text;
  DrawnFields fields{};
  std::string lane{};
};

/// The state of one sequential run.
class Interpreter {
 public:
  explicit Interpreter(const CallPipeline& pipeline) : pipeline_(pipeline) {
    counts_.resize(pipeline.stages.size());
    ended_.resize(pipeline.stages.size());
    keys_.resize(pipeline.stages.size());
  }

  CallExpected run() {
    for (std::int64_t n = 0; n < pipeline_.count && !expected_.took_all; ++n) {
      if (n == pipeline_.fail_at) {
        expected_.failed = expected_.source_failed = true;
        settle();
        return expected_;
      }
      worst_ = Outcome::filtered;
      Going record{n, std::to_string(n), {}, {}};
      if (pipeline_.fields) record.fields = decide_fields(pipeline_.given, record.text);
      pass(0, record);
      if (expected_.failed) {
        expected_.failed_at = n;
        return expected_;
      }
      settle();
      ++expected_.outcomes[static_cast<std::size_t>(worst_)];
    }
    finish();
    return expected_;
  }

 private:
  /// The state of one key: what test.keyed keeps.
  struct Key {
    std::string key;
    std::string first;
    std::uint64_t count = 0;
  };

  void settle() {
    expected_.sure_texts = expected_.texts.size();
    expected_.sure_letters = expected_.letters.size();
  }

  bool wanted_below(std::size_t at) const {
    return std::find(ended_.begin() + static_cast<std::ptrdiff_t>(at) + 1, ended_.end(), true) ==
           ended_.end();
  }

  /// What the stages with state emit in the end. What a keyed stage emits stands at one place.
  void finish() {
    for (std::size_t i = 0; i < pipeline_.stages.size() && !expected_.failed; ++i) {
      if (pipeline_.stages[i].type == DrawnStage::Type::tally) {
        for (const std::string& text : closing_texts(counts_[i])) {
          if (!wanted_below(i) || expected_.failed) break;
          pass(i + 1, {-1, text, {}, {}});
          if (!expected_.failed) settle();
        }
      } else if (pipeline_.stages[i].type == DrawnStage::Type::keyed && wanted_below(i)) {
        for (const Key& key : keys_[i]) {
          const std::string text = total_text(key.first, key.count);
          pass(i + 1, {-1, text, {}, text});
        }
        if (!expected_.failed) settle();
      }
    }
  }

  void pass(std::size_t at, const Going& record) {
    if (at == pipeline_.stages.size()) {
      worst_ = std::max(worst_, Outcome::delivered);
      if (!expected_.failed) expected_.texts.push_back({record.text, record.lane});
      return;
    }
    const DrawnStage& stage = pipeline_.stages[at];
    if (ended_[at]) return;
    Going entered = record;
    if (stage.called && stage.holds == compile::Order::key) entered.lane += key_of(record) + "|";
    if (stage.odd_only && record.text.size() % 2 == 0) return pass(at + 1, entered);
    if (stage.serial()) count(at, stage);
    if (stage.type == DrawnStage::Type::take) return pass(at + 1, entered);
    if (stage.cost_field && !record.fields.there) {
      return error(at, entered,
                   failure("cost", "expected a whole number from 1 on in 'c', got nothing", 1));
    }
    std::uint64_t number = counts_[at];
    if (stage.type == DrawnStage::Type::keyed) number = ++key_at(at, entered).count;
    Answer answer = answer_of(stage, record.text);
    const bool numbers =
        stage.type == DrawnStage::Type::keyed || stage.type == DrawnStage::Type::tally;
    if (numbers && answer.fields_go_on) answer.texts[0] = numbered(answer.texts[0], number);
    switch (answer.act) {
      case Answer::Act::drop:
        return;
      case Answer::Act::error:
        return error(at, entered, answer);
      case Answer::Act::texts:
        for (const std::string& text : answer.texts) {
          const DrawnFields fields = answer.fields_go_on ? entered.fields : DrawnFields{};
          pass(at + 1, {entered.origin, text, fields, entered.lane});
        }
    }
  }

  void count(std::size_t at, const DrawnStage& stage) {
    ++counts_[at];
    if (stage.count >= 0 && static_cast<std::int64_t>(counts_[at]) >= stage.count) {
      ended_[at] = expected_.took_all = true;
      expected_.above_take = std::max(expected_.above_take, at);
    }
  }

  static std::string key_of(const Going& record) {
    return record.fields.there ? std::to_string(record.fields.key) : "none";
  }

  Key& key_at(std::size_t at, const Going& record) {
    const std::string key = key_of(record);
    for (Key& known : keys_[at]) {
      if (known.key == key) return known;
    }
    return keys_[at].emplace_back(Key{key, record.text.substr(0, 40)});
  }

  void error(std::size_t at, const Going& record, const Answer& answer) {
    const std::string& policy = pipeline_.stages[at].on_error;
    if (policy == "fail") {
      expected_.failed = true;
      expected_.failures.insert({stage_name(at), answer.kind});
      return;
    }
    if (!expected_.failed) ++expected_.errors[stage_name(at)][answer.kind];
    if (policy == "keep") {
      ++expected_.kept;
      return pass(at + 1, record);
    }
    const bool letter = policy != "skip";
    worst_ = std::max(worst_, letter ? Outcome::dead_lettered : Outcome::skipped);
    if (!letter || expected_.failed) return;
    expected_.letters.push_back({record.origin, letter_line(pipeline_, at, record.origin,
                                                            record.text, record.fields, answer)});
  }

  const CallPipeline& pipeline_;
  CallExpected expected_;
  std::vector<std::uint64_t> counts_;
  std::vector<bool> ended_;
  std::vector<std::vector<Key>> keys_;  ///< By first appearance.
  Outcome worst_ = Outcome::filtered;
};

}  // namespace

CallExpected interpret(const CallPipeline& pipeline) { return Interpreter(pipeline).run(); }

Answer answer_of(const DrawnStage& stage, const std::string& text) {
  using Act = CallVerdict::Act;
  if (stage.type != DrawnStage::Type::flaky && stage.type != DrawnStage::Type::blocking &&
      stage.type != DrawnStage::Type::async) {
    return mixed(stage, text);
  }
  for (int attempt = 1;; ++attempt) {
    CallVerdict verdict = decide_call(stage.call, text, attempt);
    const bool last = attempt == stage.attempts;
    switch (verdict.act) {
      case Act::drop:
        return {};
      case Act::change:
        return {Answer::Act::texts, std::move(verdict.texts), true};
      case Act::emit:
        return {Answer::Act::texts, std::move(verdict.texts), verdict.copies};
      case Act::permanent:
        return failure("chosen", "failed for good", attempt);
      case Act::flaky:
        if (last) return failure("flaky", "not yet", attempt);
        break;
      case Act::thrown:
        if (last) return failure("exception", "thrown on purpose", attempt);
        break;
      case Act::unanswered:
        if (last) {
          return failure("unanswered", "the stage let go of the record without an answer", attempt);
        }
        break;
    }
  }
}

std::string letter_line(const CallPipeline& pipeline, std::size_t at, std::int64_t origin,
                        const std::string& text, const DrawnFields& fields, const Answer& error) {
  const std::string position = std::to_string(std::max<std::int64_t>(origin, 0));
  // How many attempts there were with hedges depends on the time.
  const std::string attempts = pipeline.stages[at].hedged ? "?" : std::to_string(error.attempts);
  const std::string json = "{\"stage\":\"" + stage_name(at) + "\",\"kind\":\"" + error.kind +
                           "\",\"message\":\"" + error.message + "\",\"attempts\":" + attempts +
                           ",\"origin\":{\"position\":" + position + "}}";
  if (!pipeline.letters_as_json) return position + "|" + text + "|" + json;
  std::string all = "{";
  if (fields.there) {
    all += "\"k\":" + std::to_string(fields.key) + ",\"c\":" + std::to_string(fields.cost);
  } else {
    all += "\"text\":\"" + text + "\"";
  }
  return position + "|" + all + ",\"error\":" + json + "}|" + json;
}

}  // namespace weir::flow::test
