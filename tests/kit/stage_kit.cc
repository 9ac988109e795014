#include "tests/kit/stage_kit.h"

#include <algorithm>
#include <ostream>
#include <stdexcept>

#include "tests/kit/kit_feed.h"
#include "tests/kit/stage_state.h"

namespace weir::kit {

std::string show(const Value& value) {
  switch (value.type()) {
    case ValueType::null:
      return "null";
    case ValueType::boolean:
      return value.as_bool() ? "true" : "false";
    case ValueType::integer:
      return std::to_string(value.as_integer());
    case ValueType::real:
      return value.has_bytes() ? std::string(value.as_text())
                               : OptionType<double>::show(value.as_real());
    case ValueType::text:
      return '"' + std::string(value.as_text()) + '"';
    case ValueType::json:
      return std::string(value.as_text());
  }
  return "?";
}

std::ostream& operator<<(std::ostream& out, const Datum& datum) {
  out << '{' << datum.text;
  for (const auto& [name, value] : datum.fields) out << " | " << name << '=' << value;
  if (datum.port != 0) out << " > " << static_cast<int>(datum.port);
  if (!datum.error.empty()) out << " ! " << datum.error;
  return out << '}';
}

Node scalar(std::string text) {
  Node node;
  node.quoted = true;
  node.text = std::move(text);
  return node;
}
Node list(std::vector<std::string> items) {
  Node node;
  node.shape = Node::Shape::list;
  for (std::string& item : items) node.items.push_back(scalar(std::move(item)));
  return node;
}
Node map(std::vector<std::pair<std::string, Node>> entries) {
  Node node;
  node.shape = Node::Shape::map;
  for (auto& [key, value] : entries) {
    node.entries.push_back({scalar(std::move(key)), std::move(value)});
  }
  return node;
}

StageKit::StageKit(const Registry& registry, const std::string& type, Node with,
                   std::vector<std::string> key)
    : state_(std::make_unique<State>()) {
  state_->type = registry.find(type);
  if (!state_->type) throw std::runtime_error("unknown stage type '" + type + "'");
  state_->options = state_->type->make_options();
  KitBinder binder;
  for (const Node::Entry& entry : with.entries) {
    const OptionSpec* option = state_->type->option(entry.key.text);
    if (!option) throw std::runtime_error("unknown option '" + entry.key.text + "'");
    option->bind(state_->options.get(), entry.value, binder);
  }
  for (const OptionSpec& option : state_->type->options) {
    if (option.required && !with.find(option.name)) {
      throw std::runtime_error("missing option '" + option.name + "'");
    }
  }
  if (!binder.problems.empty()) throw std::runtime_error(binder.problems);
  for (const std::string& field : key) state_->key.fields.emplace_back(field);
  if (!key.empty() && state_->type->set_key) {
    state_->type->set_key(state_->options.get(), state_->key);
  }
  state_->named_fields = std::move(binder.fields);
  state_->stage = state_->type->make(state_->options.get());
}

StageKit::~StageKit() = default;

std::vector<Datum> StageKit::open() {
  State& s = *state_;
  s.begin();
  std::vector<Datum> out;
  s.desk->call.scratch(s.scratch_space(0));
  s.desk->arena.set_budget(s.record_limit);
  if (auto* transform = dynamic_cast<Transform*>(s.stage.get())) transform->begin(s.desk->call);
  s.take_output(*s.desk, out);
  return out;
}

std::vector<Datum> StageKit::feed(const std::vector<Datum>& input, std::size_t cut) {
  State& s = *state_;
  std::vector<Datum> out;
  if (cut == 0) cut = std::max<std::size_t>(input.size(), 1);
  for (std::size_t begin = 0; begin < input.size(); begin += cut) {
    const std::size_t end = std::min(begin + cut, input.size());
    if (s.waits_for_answers()) {
      s.attempts(input, begin, end, out);
    } else {
      s.batch(input, begin, end, out);
    }
  }
  return out;
}

std::optional<std::chrono::steady_clock::time_point> StageKit::due() const {
  return dynamic_cast<SerialTransform&>(*state_->stage).due();
}

std::vector<Datum> StageKit::tick() {
  std::vector<Datum> out;
  state_->drain(&SerialTransform::tick, out);
  return out;
}

std::vector<Datum> StageKit::finish() {
  std::vector<Datum> out;
  state_->finish(out);
  state_->stage->close();
  return out;
}

std::vector<Datum> StageKit::transform(const std::vector<Datum>& input, std::size_t cut) {
  std::vector<Datum> out = open();
  const auto append = [&out](const std::vector<Datum>& more) {
    out.insert(out.end(), more.begin(), more.end());
  };
  append(feed(input, cut));
  append(finish());
  return out;
}

std::vector<Datum> StageKit::transform_at_every_cut(const std::vector<Datum>& input) {
  std::vector<Datum> all = transform(input, 0);
  for (std::size_t cut : {std::size_t{1}, std::size_t{7}}) {
    if (transform(input, cut) != all) {
      throw std::logic_error("output depends on how batches are cut: " + std::to_string(cut));
    }
  }
  return all;
}

std::vector<Datum> StageKit::read(std::size_t cut) {
  State& s = *state_;
  s.host.parts.clear();
  s.origins.clear();
  s.begin();
  auto& source = dynamic_cast<Source&>(*s.stage);
  Desk& desk = *s.desk;
  std::vector<Datum> out;
  const std::atomic<bool> never{false};
  bool more = true;
  const auto collect = [&] {
    for (std::uint32_t i = 0; i < desk.output.size(); ++i) {
      const detail::RecordData& data = desk.output.data()[i];
      s.origins.push_back({0, data.part, data.position});
    }
    s.take_output(desk, out);
    desk.reset();
  };
  while (more) {
    Split split;
    {
      KitFeed feed(desk.output, desk.arena, s.host, cut ? cut : 1000, s.record_limit);
      more = source.read(feed, Stop(never, -1));
      split = feed.split;
    }
    collect();
    while (!split.done()) {
      KitFeed feed(desk.output, desk.arena, s.host, cut ? cut : 1000, s.record_limit);
      source.load(split, feed);
      collect();
    }
  }
  source.close();
  return out;
}

const std::vector<Origin>& StageKit::origins() const { return state_->origins; }

void StageKit::write(const std::vector<Datum>& input, std::size_t cut, bool commit) {
  State& s = *state_;
  s.begin();
  auto& sink = dynamic_cast<Sink&>(*s.stage);
  if (cut == 0) cut = std::max<std::size_t>(input.size(), 1);
  for (std::size_t begin = 0; begin < input.size(); begin += cut) {
    std::vector<detail::RecordData> records =
        s.fill(input, begin, std::min(begin + cut, input.size()));
    Batch batch(records, s.desk->arena, s.host, s.record_limit);
    sink.write(batch);
    s.desk->reset();
  }
  if (commit) sink.commit();
  sink.close();
}

const std::vector<Failure>& StageKit::failures() const { return state_->failures; }
const std::vector<std::chrono::nanoseconds>& StageKit::waits() const { return state_->waits; }
std::uint64_t StageKit::count(const std::string& counter) const {
  return state_->context->count(counter);
}
void StageKit::set_attempt(int number) { state_->attempt = number; }
void StageKit::set_workers(int workers) { state_->workers = workers; }
void StageKit::cancel() {
  std::vector<std::shared_ptr<Attempt>> attempts;
  {
    std::lock_guard lock(state_->mutex);
    attempts = state_->in_flight;
  }
  for (const auto& attempt : attempts) attempt->cancel();
}

void StageKit::set_record_limit(std::size_t bytes) { state_->record_limit = bytes; }
void StageKit::set_state_limit(std::uint64_t bytes) { state_->state_limit = bytes; }
std::uint64_t StageKit::state_used() const { return state_->context->state().used(); }
void StageKit::set_key_limit(std::uint64_t max, KeyPolicy::WhenFull when_full) {
  state_->key.max = max;
  state_->key.when_full = when_full;
  state_->type->set_key(state_->options.get(), state_->key);
}
std::vector<std::string> StageKit::ports() const {
  return state_->type->ports ? state_->type->ports(state_->options.get())
                             : std::vector<std::string>{"out"};
}
bool StageKit::timed() const {
  return state_->type->timed && state_->type->timed(state_->options.get());
}
Stage& StageKit::stage() { return *state_->stage; }
Kinds StageKit::kinds() const {
  return state_->type->kinds ? state_->type->kinds(state_->options.get()) : Kinds{};
}
Framing StageKit::framing() const {
  return state_->type->framing ? state_->type->framing(state_->options.get()) : Framing{};
}
const std::vector<std::string>& StageKit::named_fields() const { return state_->named_fields; }

std::string refused(const Registry& registry, const std::string& type, Node with) {
  try {
    StageKit(registry, type, std::move(with));
  } catch (const OptionError& e) {
    const std::string at =
        e.offset() == OptionError::kWhole ? "" : ":" + std::to_string(e.offset());
    return e.option() + at + ": " + e.what();
  } catch (const std::runtime_error& e) {
    return e.what();
  }
  return "accepted";
}

}  // namespace weir::kit
