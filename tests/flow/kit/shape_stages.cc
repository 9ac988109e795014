#include "tests/flow/kit/shape_stages.h"

#include <algorithm>
#include <optional>

namespace weir::flow::test {

namespace {

std::optional<std::uint64_t> loads_with(const std::string& stages, std::uint64_t records) {
  try {
    const Pipeline pipeline("limits: { records: " + std::to_string(records) + " }\n" + stages);
    return records;
  } catch (const std::runtime_error&) {
    return std::nullopt;
  }
}

}  // namespace

bool ScriptedSource::make_one(Feed& feed) {
  const std::uint64_t number = made.load();
  if (o_.count > 0 && number == o_.count) return false;
  if (before) before(number);
  feed.append(number).set_text(text ? text(number) : std::to_string(number) + o_.tag);
  made.store(number + 1);
  return true;
}

bool ScriptedSource::read(Feed& feed, Stop stop) {
  while (!feed.full() && !stop.requested()) {
    if (!make_one(feed)) return false;
    if (before) return o_.count == 0 || made.load() < o_.count;
  }
  return true;
}

void add_shape_stages(Registry& registry) {
  registry.add<ScriptedSource, ShapeSourceOptions>("shape.source", "Numbers.")
      .kinds(Kinds{.gives_text = true})
      .optional("count", &ShapeSourceOptions::count, "How many.")
      .optional("tag", &ShapeSourceOptions::tag, "Behind the number.");
  registry.add<Scripted>("shape.text", "One that makes text.").kinds(Kinds{.gives_text = true});
  registry.add<Scripted>("shape.fork", "One with two ports.").port("back");
  registry.add<ScriptedAsync>("shape.fork_async", "One that answers later.").port("back");
  registry.add<ScriptedJoin>("shape.join", "One with several inputs.").pairing(Pairing::any);
}

std::string stage(const std::string& name, const std::string& from, const std::string& uses,
                  const std::string& keys) {
  return "  - name: " + name + "\n" + (from.empty() ? "" : "    from: " + from + "\n") +
         "    uses: " + uses + "\n" + (keys.empty() ? "" : "    " + keys + "\n");
}

std::string numbered_source(std::uint64_t count, const std::string& limits) {
  return limits + "stages:\n" +
         stage("read", "", "test.numbers", "with: { count: " + std::to_string(count) + " }");
}

std::function<void(Completion)> RandomAnswers::by(std::function<void(Record&, Call&)> fill) {
  return [this, fill = std::move(fill)](Completion completion) {
    auto held = std::make_shared<Completion>(std::move(completion));
    answerer_.after(std::chrono::microseconds(chance_.below(most_us_)), [held, fill] {
      if (fill) return held->done(fill);
      held->done();
    });
  };
}

std::vector<std::string> with_tag(const std::vector<std::string>& texts, std::string_view tag) {
  std::vector<std::string> found;
  std::ranges::copy_if(texts, std::back_inserter(found),
                       [&](const std::string& text) { return text.ends_with(tag); });
  return found;
}

std::vector<std::string> tagged_numbers(std::uint64_t count, const std::string& tag) {
  std::vector<std::string> texts = numbers(count);
  for (std::string& text : texts) text += tag;
  return texts;
}

const std::vector<std::string>& texts_of(Pipeline& pipeline, std::string_view sink) {
  return stage_of<ScriptedSink>(pipeline, sink).texts();
}

std::string with_least_records(const std::string& stages, std::uint64_t* least) {
  for (std::uint64_t records = 1; records <= 1000; ++records) {
    if (!loads_with(stages, records)) continue;
    if (least) *least = records;
    return "limits: { records: " + std::to_string(records) + " }\n" + stages;
  }
  throw std::runtime_error("it does not load with 1000 records:\n" + stages);
}

}  // namespace weir::flow::test
