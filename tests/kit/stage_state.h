#pragma once

#include <atomic>
#include <map>
#include <mutex>
#include <stdexcept>
#include <thread>

#include "tests/kit/attempt.h"
#include "tests/kit/stage_kit.h"

namespace weir::kit {

/// Returns a field's value from the way a test writes it; "#1.50" is a number that stays as
/// written.
inline Value parse_value(const std::string& shown, HeapArena& arena) {
  if (shown == "null") return {};
  if (shown == "true" || shown == "false") return Value(shown == "true");
  if (shown.starts_with('"')) return Value(arena.copy(shown.substr(1, shown.size() - 2)));
  if (shown.starts_with('#')) return Value::written(arena.copy(shown.substr(1)));
  if (shown.starts_with('{') || shown.starts_with('[')) return Value::json(arena.copy(shown));
  if (shown.find_first_of(".eE") != std::string::npos) return Value(std::stod(shown));
  return Value(static_cast<std::int64_t>(std::stoll(shown)));
}

/// One stage and all that its records pass through.
struct StageKit::State {
  const TypeSpec* type = nullptr;
  std::shared_ptr<void> options;
  KeyPolicy key;
  std::unique_ptr<Stage> stage;
  std::vector<std::string> named_fields;
  std::size_t record_limit = 16u << 20;
  std::uint64_t state_limit = 64u << 20;
  std::uint32_t fed = 0;  ///< The number of records in this run so far.
  std::size_t ports = 1;
  int attempt = 1;
  int workers = 2;
  KitHost host;
  std::vector<std::shared_ptr<void>> scratches;  ///< One for each worker.
  std::unique_ptr<KitContext> context;
  std::unique_ptr<Desk> desk;

  std::vector<Origin> origins;
  std::vector<Failure> failures;
  std::vector<std::chrono::nanoseconds> waits;
  std::map<std::string, std::shared_ptr<void>> states;
  std::vector<void*> states_in_order;

  std::mutex mutex;  ///< Guards `in_flight`.
  std::vector<std::shared_ptr<Attempt>> in_flight;

  void begin() {
    stage = type->make(options.get());
    scratches.assign(static_cast<std::size_t>(workers), nullptr);
    context = std::make_unique<KitContext>(record_limit, workers, state_limit);
    desk = std::make_unique<Desk>(host, record_limit);
    states.clear();
    states_in_order.clear();
    failures.clear();
    waits.clear();
    fed = 0;
    ports = type->ports ? type->ports(options.get()).size() : 1;
    desk->call.ports(ports);
    stage->open(*context);
  }
  bool waits_for_answers() const { return type->role == Role::async_transform || type->blocking; }

  void* scratch_space(std::size_t worker) {
    std::shared_ptr<void>& scratch = scratches[worker];
    if (!scratch && type->make_scratch) scratch = type->make_scratch(*stage);
    return scratch.get();
  }
  void fill(Desk& at, detail::RecordData& data, const Datum& datum, std::uint32_t root) {
    at.arena.set_budget(record_limit);
    data.root = root;
    data.position = root;
    data.input = datum.input;
    Record record(data, at.arena, host);
    record.set_text(datum.text);
    for (const auto& [name, value] : datum.fields) {
      record.append(at.arena.copy(name), parse_value(value, at.arena));
    }
    at.arena.begin_call(record_limit);
  }
  std::vector<detail::RecordData> fill(const std::vector<Datum>& input, std::size_t begin,
                                       std::size_t end) {
    std::vector<detail::RecordData> records(end - begin);
    for (std::size_t i = begin; i < end; ++i) {
      fill(*desk, records[i - begin], input[i], fed++);
    }
    return records;
  }
  Datum datum(Desk& at, const detail::RecordData& data) {
    detail::RecordData copy = data;
    Record record(copy, at.arena, host);
    Datum out{std::string(record.text()), {}, {}};
    out.port = data.port;
    for (std::uint32_t i = 0; i < record.field_count(); ++i) {
      const FieldView field = record.field(i);
      out.fields.emplace_back(field.name, show(field.value));
    }
    if (data.state == detail::RecordState::failed) {
      const detail::ErrorSlot& error = data.extra->error;
      out.error = std::string(error.kind) + ": " + std::string(error.message);
      Failure failure{error.retryable, error.retry_after, {}};
      for (const detail::FieldSlot& told : std::span(data.extra->told, data.extra->told_count)) {
        failure.told.emplace_back(told.key(), show(told.value));
      }
      failures.push_back(std::move(failure));
    }
    return out;
  }
  void take_output(Desk& at, std::vector<Datum>& out) {
    for (std::uint32_t i = 0; i < at.output.size(); ++i) {
      out.push_back(datum(at, at.output.data()[i]));
    }
    at.output.clear();
  }
  /// Takes what one record became in its call.
  void take_result(Desk& at, const detail::RecordData& data, std::vector<Datum>& out) {
    if (data.state == detail::RecordState::failed) {
      at.output.clear();
      out.push_back(datum(at, data));
    } else if (at.output.size() > 0) {
      take_output(at, out);
    } else if (data.state == detail::RecordState::live) {
      out.push_back(datum(at, data));
    }
  }

  void* state_of(Record& record) {
    std::string name;
    for (const Field& field : key.fields) name += show(record.get(field)) + '\x1f';
    std::shared_ptr<void>& state = states[name];
    if (!state) {
      state = dynamic_cast<detail::KeyedStage&>(*stage).make_state();
      states_in_order.push_back(state.get());
    }
    return state.get();
  }
  /// Passes one record through a stage that answers when it returns.
  void call(Desk& at, detail::RecordData& data) {
    Record record(data, at.arena, host);
    at.call.current(&data);
    at.guard(record, [&] {
      if (auto* transform = dynamic_cast<Transform*>(stage.get())) {
        transform->process(record, at.call);
      } else if (auto* keyed = dynamic_cast<detail::KeyedStage*>(stage.get())) {
        keyed->process_keyed(record, state_of(record), at.call);
      } else {
        dynamic_cast<SerialTransform&>(*stage).process(record, at.call);
      }
    });
  }
  void batch(const std::vector<Datum>& input, std::size_t begin, std::size_t end,
             std::vector<Datum>& out) {
    std::vector<detail::RecordData> records = fill(input, begin, end);
    if (auto* whole = dynamic_cast<BatchTransform*>(stage.get())) {
      Batch batch(records, desk->arena, host, record_limit);
      whole->process(batch, desk->call);
    }
    for (detail::RecordData& data : records) {
      desk->arena.begin_call(record_limit);
      if (type->role != Role::batch_transform) call(*desk, data);
      take_result(*desk, data, out);
    }
    desk->reset();
  }

  void start(const std::shared_ptr<Attempt>& attempt) {
    attempt->desk.call.scratch(scratch_space(0));
    attempt->desk.guard(attempt->record(),
                        [&] { dynamic_cast<AsyncTransform&>(*stage).start(Completion(attempt)); });
  }
  /// Runs the threads of a blocking stage, each with its own scratch, until all attempts are made.
  void work_off(const std::vector<std::shared_ptr<Attempt>>& attempts) {
    std::atomic<std::size_t> next{0};
    std::vector<std::thread> threads;
    for (std::size_t worker = 0; worker < scratches.size(); ++worker) {
      threads.emplace_back([&, scratch = scratch_space(worker)] {
        for (std::size_t i = next++; i < attempts.size(); i = next++) {
          attempts[i]->desk.call.scratch(scratch);
          call(attempts[i]->desk, attempts[i]->data);
          attempts[i]->answer();
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
  }
  /// Passes a batch through a stage that waits, with all of its records in the stage at the same
  /// time.
  void attempts(const std::vector<Datum>& input, std::size_t begin, std::size_t end,
                std::vector<Datum>& out) {
    std::vector<std::shared_ptr<Attempt>> made;
    for (std::size_t i = begin; i < end; ++i) {
      made.push_back(std::make_shared<Attempt>(host, record_limit, attempt));
      made.back()->desk.call.ports(ports);
      fill(made.back()->desk, made.back()->data, input[i], fed++);
    }
    {
      std::lock_guard lock(mutex);
      in_flight = made;
    }
    if (type->blocking) {
      work_off(made);
    } else {
      for (const auto& each : made) start(each);
    }
    for (const auto& each : made) {
      if (!each->wait(std::chrono::seconds(60))) {
        throw std::logic_error("no answer to record " + std::to_string(each->data.position));
      }
      if (each->waited.count() >= 0) waits.push_back(each->waited);
      take_result(each->desk, each->data, out);
    }
    std::lock_guard lock(mutex);
    in_flight.clear();
  }

  /// Calls `part`, which is `finish` or `tick`, until all is out.
  void drain(bool (SerialTransform::*part)(Call&), std::vector<Datum>& out) {
    auto* serial = dynamic_cast<SerialTransform*>(stage.get());
    desk->call.current(nullptr);
    for (bool more = serial != nullptr; more;) {
      desk->arena.set_budget(record_limit);
      more = (serial->*part)(desk->call);
      take_output(*desk, out);
      desk->reset();
    }
  }
  void finish(std::vector<Datum>& out) {
    drain(&SerialTransform::finish, out);
    if (auto* keyed = dynamic_cast<detail::KeyedStage*>(stage.get())) {
      for (void* state : states_in_order) {
        desk->arena.set_budget(record_limit);
        keyed->finish_keyed(state, desk->call);
        take_output(*desk, out);
        desk->reset();
      }
    }
  }
};

}  // namespace weir::kit
