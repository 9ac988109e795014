#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/flow/kit/late_stages.h"

namespace weir::flow::test {

/// Registers shape.source, shape.text, which makes text of fields, shape.fork and shape.fork_async,
/// which have the ports `out` and `back`, and shape.join: what graphs are made of, scripted by the
/// test like the stages of late_stages.h.
void add_shape_stages(Registry& registry);

struct ShapeSourceOptions {
  std::uint64_t count = 10;  ///< Without end if 0.
  std::string tag;           ///< Stands behind the number.
};

/// shape.source, on a thread of its own: "0TAG", "1TAG"... With a script, each record is read by
/// itself.
class ScriptedSource final : public Source {
 public:
  explicit ScriptedSource(const ShapeSourceOptions& o) : o_(o) {}
  /// Called before each record: it may wait, or throw.
  std::function<void(std::uint64_t number)> before;
  /// What the record of that number is; the number and the tag unless set.
  std::function<std::string(std::uint64_t number)> text;
  std::atomic<std::uint64_t> made{0};

  bool read(Feed& feed, Stop stop) override;
  bool blocking() const override { return true; }

 private:
  bool make_one(Feed& feed);

  const ShapeSourceOptions o_;
};

/// shape.join: several inputs, whose records it sees one by one.
class ScriptedJoin final : public SerialTransform {
 public:
  std::function<void(Record&, Call&)> act = [](Record&, Call&) {};
  void process(Record& record, Call& call) override { act(record, call); }
};

/// A text of several lines: one stage, with what it reads, its type and its other keys.
std::string stage(const std::string& name, const std::string& from, const std::string& uses,
                  const std::string& keys = {});
/// The first stage of a pipeline: so many numbers.
std::string numbered_source(std::uint64_t count, const std::string& limits = {});

/// Answers the calls of a late.async after up to so many microseconds each, from a thread of its
/// own, as `fill` changes the record.
class RandomAnswers {
 public:
  RandomAnswers(std::uint64_t seed, std::uint64_t most_us) : chance_(seed), most_us_(most_us) {}
  std::function<void(Completion)> by(std::function<void(Record&, Call&)> fill = {});

 private:
  Chance chance_;
  const std::uint64_t most_us_;
  Answerer answerer_;
};

/// How many calls run at the same time.
struct Peak {
  std::atomic<int> now{0};
  std::atomic<int> peak{0};
  void enter() {
    const int inside = ++now;
    int seen = peak.load();
    while (inside > seen && !peak.compare_exchange_weak(seen, inside)) {
    }
  }
  void leave() { --now; }
};

/// Puts `tag` behind the text.
inline std::function<void(Record&, Call&)> tagged(std::string tag) {
  return [tag = std::move(tag)](Record& r, Call&) { r.set_text(std::string(r.text()) + tag); };
}

/// Those of the texts that end with `tag`.
std::vector<std::string> with_tag(const std::vector<std::string>& texts, std::string_view tag);
/// The numbers from 0 up to `count`, each with the tag behind it.
std::vector<std::string> tagged_numbers(std::uint64_t count, const std::string& tag);

/// What the sink of that name got.
const std::vector<std::string>& texts_of(Pipeline& pipeline, std::string_view sink);
/// `above`, and the fewest `limits.records` with which the pipeline loads.
std::string with_least_records(const std::string& stages, std::uint64_t* least = nullptr);

}  // namespace weir::flow::test
