#include "tests/kit/stage_kit.h"

#include <deque>
#include <functional>
#include <map>
#include <ostream>
#include <stdexcept>

#include "stages/builtin.h"

namespace weir::kit {
namespace {

/// Blocks from the heap, freed together.
class HeapArena final : public detail::Arena {
 public:
  void reset() {
    blocks_.clear();
    begin_ = cursor_ = end_ = nullptr;
  }

 private:
  char* grow(std::size_t size) override {
    const bool own = size >= kOwnBlock;
    const std::size_t block = own ? size : 64 * 1024;
    blocks_.push_back(std::make_unique<char[]>(block + kPadding));
    char* at = blocks_.back().get();
    if (own) return at;
    begin_ = at;
    cursor_ = at + size;
    end_ = at + block;
    return at;
  }

  std::vector<std::unique_ptr<char[]>> blocks_;
};

class HeapOutput final : public detail::Output {
 public:
  ~HeapOutput() override { delete[] data_; }
  void clear() { size_ = 0; }
  void truncate(std::uint32_t size) { size_ = size; }

 private:
  void grow() override {
    const std::uint32_t capacity = capacity_ ? 2 * capacity_ : 16;
    auto* data = new detail::RecordData[capacity];
    std::copy(data_, data_ + size_, data);
    delete[] data_;
    data_ = data;
    capacity_ = capacity;
  }
};

class KitHost final : public detail::Host {
 public:
  const Part& part(std::uint32_t part) const override {
    return part < parts.size() ? parts[part] : none;
  }
  std::uint32_t source() const override { return 0; }
  std::string_view stage_name(std::uint16_t) const override { return "stage"; }
  Value json_at(std::string_view json, std::span<const std::string> steps,
                detail::Arena& arena) const override {
    return weir::json_at(json, steps, arena);
  }
  std::deque<Part> parts;
  Part none;
};

class KitContext final : public Context {
 public:
  explicit KitContext(std::size_t record_limit) : record_limit_(record_limit) {}
  std::string_view stage_name() const override { return "stage"; }
  void log(LogLevel, std::string_view) override {}
  Counter& counter(std::string_view name) override { return counters_[std::string(name)]; }
  int threads() const override { return 1; }
  std::size_t record_limit() const override { return record_limit_; }

 private:
  std::map<std::string, Counter, std::less<>> counters_;
  std::size_t record_limit_;
};

class KitCall final : public Call {
 public:
  KitCall(HeapOutput& output, HeapArena& arena, const KitHost& host, void* scratch) {
    output_ = &output;
    arena_ = &arena;
    host_ = &host;
    scratch_ = scratch;
    stopping_ = &never_;
    end_input_ = &ended;
    full_at_ = 5;
  }
  void current(const detail::RecordData* record) { current_ = record; }
  bool ended = false;

 private:
  std::atomic<bool> never_{false};
};

class KitFeed final : public Feed {
 public:
  KitFeed(HeapOutput& output, HeapArena& arena, KitHost& host, std::size_t cut, std::size_t limit)
      : output_(output), host_ref_(host) {
    arena_ = &arena;
    host_ = &host;
    want_records_ = static_cast<std::uint32_t>(cut);
    want_bytes_ = cut < 1000 ? cut * 64 : 64 * 1024;
    record_limit_ = limit;
    part_ = host.parts.empty() ? 0 : static_cast<std::uint32_t>(host.parts.size() - 1);
  }
  std::uint32_t begin_part(Part part) override {
    host_ref_.parts.push_back(std::move(part));
    return part_ = static_cast<std::uint32_t>(host_ref_.parts.size() - 1);
  }
  void hand_out(const Split& given) override { split = given; }
  Split split;

 private:
  void make_room() override {
    appended_ += static_cast<std::uint32_t>(next_ - first_);
    first_ = next_ = &output_.push();
    end_ = first_ + 1;
  }
  void reject_size(Record& record, std::size_t) override {
    record.fail("too_big", "the record passes limits.record");
  }
  HeapOutput& output_;
  KitHost& host_ref_;
};

class KitBinder final : public Binder {
 public:
  void error(const Node&, std::string message, std::string hint, std::size_t) override {
    problems += message + (hint.empty() ? "" : " [" + hint + "]") + "\n";
  }
  std::string nearest(std::string_view, const std::vector<std::string>&) const override {
    return {};
  }
  const detail::ExpressionLanguage& expressions() const override { return expression_language(); }
  void names_field(const Node&, std::string_view field) override { fields.emplace_back(field); }
  void names_text(const Node&) override {}
  std::string problems;
  std::vector<std::string> fields;
};

/// A field's value from how a test writes it.
Value parse_value(const std::string& shown, HeapArena& arena) {
  if (shown == "null") return {};
  if (shown == "true" || shown == "false") return Value(shown == "true");
  if (shown.starts_with('"')) return Value(arena.copy(shown.substr(1, shown.size() - 2)));
  if (shown.starts_with('{') || shown.starts_with('[')) return Value::json(arena.copy(shown));
  if (shown.find_first_of(".eE") != std::string::npos) return Value(std::stod(shown));
  return Value(static_cast<std::int64_t>(std::stoll(shown)));
}

}  // namespace

std::string show(const Value& value) {
  switch (value.type()) {
    case ValueType::null:
      return "null";
    case ValueType::boolean:
      return value.as_bool() ? "true" : "false";
    case ValueType::integer:
      return std::to_string(value.as_integer());
    case ValueType::real:
      return OptionType<double>::show(value.as_real());
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

struct StageKit::State {
  const TypeSpec* type = nullptr;
  std::shared_ptr<void> options;
  std::unique_ptr<Stage> stage;
  std::shared_ptr<void> scratch;
  std::vector<std::string> named_fields;
  std::size_t record_limit = 16u << 20;
  std::vector<Origin> origins;
  KitHost host;
  HeapArena arena;
  HeapOutput output;

  void fill(detail::RecordData& data, const Datum& datum, std::uint32_t root) {
    arena.set_budget(record_limit);
    data.root = root;
    data.position = root;
    Record record(data, arena, host);
    record.set_text(datum.text);
    for (const auto& [name, value] : datum.fields) {
      record.append(arena.copy(name), parse_value(value, arena));
    }
  }
  Datum datum(const detail::RecordData& data) {
    detail::RecordData copy = data;
    Record record(copy, arena, host);
    Datum out{std::string(record.text()), {}, {}};
    for (std::uint32_t i = 0; i < record.field_count(); ++i) {
      const FieldView field = record.field(i);
      out.fields.emplace_back(field.name, show(field.value));
    }
    if (data.state == detail::RecordState::failed) {
      out.error =
          std::string(data.extra->error.kind) + ": " + std::string(data.extra->error.message);
    }
    return out;
  }
  void take_output(std::uint32_t from, std::vector<Datum>& out) {
    for (std::uint32_t i = from; i < output.size(); ++i) out.push_back(datum(output.data()[i]));
    output.truncate(from);
  }
  void* scratch_space() {
    if (!scratch && type->make_scratch) scratch = type->make_scratch(*stage);
    return scratch.get();
  }
  void fail(Record record, std::string_view kind, std::string_view message) {
    arena.set_budget(record_limit);
    record.fail(kind, message);
  }
  /// One record through a transform or serial transform; what comes out is appended.
  void step(KitCall& call, detail::RecordData& data, std::vector<Datum>& out) {
    arena.set_budget(record_limit);
    Record record(data, arena, host);
    call.current(&data);
    try {
      if (auto* transform = dynamic_cast<Transform*>(stage.get())) {
        transform->process(record, call);
      } else {
        dynamic_cast<SerialTransform&>(*stage).process(record, call);
      }
    } catch (const detail::RecordTooBig&) {
      fail(record, "too_big", "the record passed limits.record in this stage");
    } catch (const Error& e) {
      fail(record, e.kind(), e.what());
    } catch (const std::exception& e) {
      fail(record, "exception", e.what());
    }
    if (data.state == detail::RecordState::failed) {
      output.truncate(0);
      out.push_back(datum(data));
    } else if (output.size() > 0) {
      take_output(0, out);
    } else if (data.state == detail::RecordState::live) {
      out.push_back(datum(data));
    }
  }
};

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
  if (!key.empty()) {
    state_->type->set_key(state_->options.get(), std::vector<Field>(key.begin(), key.end()));
  }
  state_->named_fields = std::move(binder.fields);
  state_->stage = state_->type->make(state_->options.get());
}

StageKit::~StageKit() = default;

std::vector<Datum> StageKit::transform(const std::vector<Datum>& input, std::size_t cut) {
  State& s = *state_;
  s.stage = s.type->make(s.options.get());
  s.scratch.reset();
  KitContext context(s.record_limit);
  s.stage->open(context);
  KitCall call(s.output, s.arena, s.host, s.scratch_space());
  std::vector<Datum> out;
  s.arena.set_budget(s.record_limit);
  if (auto* transform = dynamic_cast<Transform*>(s.stage.get())) transform->begin(call);
  s.take_output(0, out);
  if (cut == 0) cut = input.size();
  for (std::size_t begin = 0; begin < input.size(); begin += cut) {
    const std::size_t end = std::min(begin + cut, input.size());
    std::vector<detail::RecordData> records(end - begin);
    for (std::size_t i = begin; i < end; ++i) {
      s.fill(records[i - begin], input[i], static_cast<std::uint32_t>(i));
    }
    if (auto* whole = dynamic_cast<BatchTransform*>(s.stage.get())) {
      Batch batch(records, s.arena, s.host, s.record_limit);
      whole->process(batch, call);
      for (const auto& data : records) {
        if (data.state == detail::RecordState::live || data.state == detail::RecordState::failed) {
          out.push_back(s.datum(data));
        }
      }
    } else {
      for (detail::RecordData& data : records) s.step(call, data, out);
    }
    s.output.clear();
    s.arena.reset();
  }
  if (auto* serial = dynamic_cast<SerialTransform*>(s.stage.get())) {
    call.current(nullptr);
    for (bool more = true; more;) {
      s.arena.set_budget(s.record_limit);
      more = serial->finish(call);
      s.take_output(0, out);
      s.arena.reset();
    }
  }
  s.stage->close();
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
  s.stage = s.type->make(s.options.get());
  auto& source = dynamic_cast<Source&>(*s.stage);
  KitContext context(s.record_limit);
  source.open(context);
  s.host.parts.clear();
  s.origins.clear();
  std::vector<Datum> out;
  const std::atomic<bool> never{false};
  bool more = true;
  const auto collect = [&] {
    for (std::uint32_t i = 0; i < s.output.size(); ++i) {
      const detail::RecordData& data = s.output.data()[i];
      s.origins.push_back({0, data.part, data.position});
    }
    s.take_output(0, out);
    s.arena.reset();
  };
  while (more) {
    Split split;
    {
      KitFeed feed(s.output, s.arena, s.host, cut ? cut : 1000, s.record_limit);
      more = source.read(feed, Stop(never, -1));
      split = feed.split;
    }
    collect();
    while (!split.done()) {
      KitFeed feed(s.output, s.arena, s.host, cut ? cut : 1000, s.record_limit);
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
  s.stage = s.type->make(s.options.get());
  auto& sink = dynamic_cast<Sink&>(*s.stage);
  KitContext context(s.record_limit);
  sink.open(context);
  if (cut == 0) cut = input.size();
  for (std::size_t begin = 0; begin < input.size(); begin += cut) {
    const std::size_t end = std::min(begin + cut, input.size());
    std::vector<detail::RecordData> records(end - begin);
    for (std::size_t i = begin; i < end; ++i) {
      s.fill(records[i - begin], input[i], static_cast<std::uint32_t>(i));
    }
    Batch batch(records, s.arena, s.host, s.record_limit);
    sink.write(batch);
    s.arena.reset();
  }
  if (commit) sink.commit();
  sink.close();
}

void StageKit::set_record_limit(std::size_t bytes) { state_->record_limit = bytes; }
Stage& StageKit::stage() { return *state_->stage; }
Kinds StageKit::kinds() const {
  return state_->type->kinds ? state_->type->kinds(state_->options.get()) : Kinds{};
}
Framing StageKit::framing() const {
  return state_->type->framing ? state_->type->framing(state_->options.get()) : Framing{};
}
const std::vector<std::string>& StageKit::named_fields() const { return state_->named_fields; }

}  // namespace weir::kit
