#include "tests/flow/random/interpreter.h"

#include <algorithm>
#include <random>

namespace weir::flow::test {
namespace {

struct Failed {};

/// The state of one sequential run.
class Interpreter {
 public:
  explicit Interpreter(const MixPipeline& pipeline) : pipeline_(pipeline) {
    counts_.resize(pipeline.stages.size());
    ended_.resize(pipeline.stages.size());
  }

  Expected run() {
    for (std::int64_t n = 0; n < pipeline_.count && !expected_.took_all; ++n) {
      worst_ = Outcome::filtered;
      out_.clear();
      try {
        pass(0, std::to_string(n));
      } catch (const Failed&) {
        expected_.failed = true;
        expected_.failed_at = n;
        return expected_;
      }
      ++expected_.outcomes[static_cast<std::size_t>(worst_)];
      expected_.texts.insert(expected_.texts.end(), out_.begin(), out_.end());
    }
    finish();
    return expected_;
  }

 private:
  void finish() {
    for (std::size_t i = 0; i < pipeline_.stages.size(); ++i) {
      if (pipeline_.stages[i].type != MixStage::Type::tally) continue;
      if (std::find(ended_.begin() + static_cast<std::ptrdiff_t>(i) + 1, ended_.end(), true) !=
          ended_.end()) {
        continue;
      }
      for (const std::string& text : closing_texts(counts_[i])) {
        out_.clear();
        try {
          pass(i + 1, text);
        } catch (const Failed&) {
          expected_.failed = true;
          return;
        }
        expected_.texts.insert(expected_.texts.end(), out_.begin(), out_.end());
      }
    }
  }

  void pass(std::size_t at, const std::string& text) {
    if (at == pipeline_.stages.size()) {
      worst_ = std::max(worst_, Outcome::delivered);
      out_.push_back(text);
      return;
    }
    const MixStage& stage = pipeline_.stages[at];
    if (ended_[at]) return;
    if (stage.odd_only && text.size() % 2 == 0) return pass(at + 1, text);
    if (stage.type == MixStage::Type::tally) {
      ++counts_[at];
      if (stage.take >= 0 && static_cast<std::int64_t>(counts_[at]) >= stage.take) {
        ended_[at] = expected_.took_all = true;
      }
    }
    act(at, stage, text);
  }

  void act(std::size_t at, const MixStage& stage, const std::string& text) {
    MixOptions options = stage.options;
    if (stage.type == MixStage::Type::batch) options.emit = 0;
    const Verdict verdict = decide(options, text);
    switch (verdict.act) {
      case Verdict::Act::drop:
        return;
      case Verdict::Act::fail:
      case Verdict::Act::thrown:
        return error(at, stage, text);
      case Verdict::Act::emit:
        for (const std::string& child : verdict.texts) pass(at + 1, child);
        return;
      case Verdict::Act::change:
        return pass(at + 1, stage.type == MixStage::Type::tally
                                ? numbered(verdict.texts[0], counts_[at])
                                : verdict.texts[0]);
    }
  }

  void error(std::size_t at, const MixStage& stage, const std::string& text) {
    if (stage.on_error == "fail") throw Failed{};
    ++expected_.errors;
    if (stage.on_error == "keep") return pass(at + 1, text);
    worst_ = std::max(worst_, Outcome::skipped);
  }

  const MixPipeline& pipeline_;
  Expected expected_;
  std::vector<std::uint64_t> counts_;
  std::vector<bool> ended_;
  std::vector<std::string> out_;
  Outcome worst_ = Outcome::filtered;
};

}  // namespace

Expected interpret(const MixPipeline& pipeline) { return Interpreter(pipeline).run(); }

MixPipeline MixPipeline::random(std::uint64_t seed) {
  std::mt19937_64 random(seed);
  const auto up_to = [&](std::int64_t n) {
    return static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(n));
  };
  MixPipeline pipeline;
  pipeline.count = up_to(4) == 0 ? up_to(20) : up_to(3000);
  pipeline.split = up_to(2) == 0;
  pipeline.blocking = up_to(4) == 0;
  const std::int64_t stages = 1 + up_to(6);
  for (std::int64_t i = 0; i < stages; ++i) {
    MixStage stage;
    stage.type = static_cast<MixStage::Type>(up_to(3));
    stage.options.seed = up_to(1'000'000);
    stage.options.drop = up_to(3) == 0 ? up_to(60) : 0;
    stage.options.emit = up_to(3) == 0 ? up_to(40) : 0;
    stage.options.spin = up_to(5) == 0 ? up_to(40) : 0;
    static constexpr const char* kPolicies[] = {"fail", "skip", "keep"};
    stage.on_error = kPolicies[up_to(3)];
    if (stage.on_error == "fail") {
      // Errors that fail the run are rare, or no run would get far.
      if (up_to(3) == 0) stage.options.at = up_to(pipeline.count + 10);
    } else if (up_to(2) == 0) {
      stage.options.fail = up_to(20);
      stage.options.thrown = up_to(10);
    }
    if (stage.type == MixStage::Type::tally) {
      if (up_to(6) == 0) stage.take = 1 + up_to(2 * pipeline.count + 1);
    } else if (up_to(4) == 0) {
      stage.workers = 1 + static_cast<int>(up_to(3));
    }
    stage.odd_only = up_to(5) == 0;
    pipeline.stages.push_back(stage);
  }
  // Out of order only where no state and no failure makes the order show in the content.
  const bool plain = std::all_of(
      pipeline.stages.begin(), pipeline.stages.end(),
      [](const MixStage& s) { return s.type != MixStage::Type::tally && s.options.at < 0; });
  if (plain && up_to(3) == 0) pipeline.stages.back().unordered = true;
  return pipeline;
}

bool MixPipeline::ordered() const {
  return std::none_of(stages.begin(), stages.end(), [](const MixStage& s) { return s.unordered; });
}

namespace {

std::string yaml_of(const MixStage& stage) {
  static constexpr const char* kTypes[] = {"test.mix", "test.batch", "test.tally"};
  std::string yaml = std::string("  - uses: ") + kTypes[static_cast<int>(stage.type)] + "\n";
  yaml += "    on_error: " + stage.on_error + "\n";
  if (stage.workers > 0) yaml += "    workers: " + std::to_string(stage.workers) + "\n";
  if (stage.unordered) yaml += "    order: none\n";
  if (stage.odd_only) yaml += "    when: string.len(record.text) % 2 == 1\n";
  const MixOptions& o = stage.options;
  yaml += "    with: { seed: " + std::to_string(o.seed) + ", drop: " + std::to_string(o.drop) +
          ", fail: " + std::to_string(o.fail) + ", thrown: " + std::to_string(o.thrown) +
          ", emit: " + std::to_string(o.emit) + ", at: " + std::to_string(o.at);
  yaml += stage.type == MixStage::Type::tally ? ", take: " + std::to_string(stage.take)
                                              : ", spin: " + std::to_string(o.spin);
  return yaml + " }\n";
}

}  // namespace

std::string MixPipeline::yaml() const {
  const auto word = [](bool value) { return value ? "true" : "false"; };
  std::string yaml;
  if (memory > 0) yaml = "limits: { memory: " + std::to_string(memory) + "MiB, record: 1MiB }\n";
  yaml += "stages:\n";
  if (big > 0) {
    yaml += "  - uses: test.sizes\n    with: { every: 1, big: " + std::to_string(big);
  } else {
    yaml += std::string("  - uses: test.numbers\n    with: { split: ") + word(split) +
            ", blocking: " + word(blocking);
  }
  yaml += ", count: " + std::to_string(count) + " }\n";
  for (const MixStage& stage : stages) yaml += yaml_of(stage);
  return yaml + (big > 0 ? "  - uses: test.digest\n" : "  - uses: test.collect\n");
}

}  // namespace weir::flow::test
