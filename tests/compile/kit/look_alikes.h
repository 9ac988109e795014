#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "graph/compile/load.h"
#include "stages/builtin.h"
#include "tests/compile/kit/fake_expressions.h"
#include "weir/keyed.h"
#include "weir/registry.h"

// Stage types that take options and say what they need like the built-in ones of the same names,
// and do nothing.

namespace weir::fake {

enum class Cut { any, lines, csv };

struct ReadOptions {
  std::vector<std::string> path;
  Cut framing = Cut::any;
  std::optional<Bytes> max_line;
  std::optional<std::int64_t> streams;
  Framing told;
};
/// So many, of `path/1`, `path/2`...
inline std::optional<std::vector<ReadOptions>> split(const ReadOptions& options) {
  if (!options.streams) return std::nullopt;
  std::vector<ReadOptions> streams(static_cast<std::size_t>(*options.streams), options);
  for (std::size_t i = 0; i < streams.size(); ++i) {
    streams[i].path.front() += "/" + std::to_string(i + 1);
  }
  return streams;
}
class Read final : public Source {
 public:
  Read() = default;
  explicit Read(const ReadOptions& options) : path(options.path) {}

  std::vector<std::string> path;

  bool read(Feed&, Stop) override { return false; }
};

class Pass : public Transform {
 public:
  Pass() = default;
  template <class O>
  explicit Pass(const O& /*options*/) {}
  void process(Record&, Call&) const override {}
};

struct FilterOptions {
  Expression where;
};
struct SetOptions {
  OptionMap<Expression> fields;
};
struct FormatOptions {
  std::vector<Field> columns;
  bool header = true;
};
class Format final : public BatchTransform {
 public:
  explicit Format(const FormatOptions& /*options*/) {}
  void process(Batch&, Call&) const override {}
};
struct TemplateOptions {
  Template line;
};

struct MatchOptions {
  std::string pattern;
  bool broken = false;
};
/// Refuses a pattern with '(' at that byte, and fails for no reason that has a place.
class Match final : public Transform {
 public:
  explicit Match(const MatchOptions& o) {
    const std::size_t at = o.pattern.find('(');
    if (at != std::string::npos) throw OptionError("pattern", "missing ')'", at);
    if (o.pattern.empty()) throw OptionError("pattern", "expected a pattern, got empty text");
    if (o.broken) throw std::runtime_error("no such engine");
  }
  void process(Record&, Call&) const override {}
};

struct CountOptions {
  KeyPolicy key;
};
struct RouteOptions {
  std::vector<std::string> ports;
};
struct TickOptions {
  std::optional<Duration> every;
};
struct TakeOptions {
  std::uint64_t count = 0;
};
template <class O>
class Serial final : public SerialTransform {
 public:
  explicit Serial(const O& /*options*/) {}
  void process(Record&, Call&) override {}
};

struct WriteOptions {
  std::string path;
  bool append = false;
};
class Write final : public Sink {
 public:
  explicit Write(const WriteOptions& /*options*/) {}
  void write(Batch&) override {}
};

class Delay final : public AsyncTransform {
 public:
  void start(Completion completion) override { completion.done(); }
};
class Tally final : public KeyedTransform<int> {
 public:
  void process(Record&, int&, Call&) const override {}
};

/// One option of every type.
struct EveryOptions {
  bool flag = false;
  std::int64_t whole = 1;
  double ratio = 0.5;
  std::string text;
  Duration wait{};
  Bytes size;
  Cut cut = Cut::any;
  Field field;
  std::optional<std::string> maybe;
  std::vector<std::int64_t> numbers;
  OptionMap<std::string> labels;
};

}  // namespace weir::fake

template <>
struct weir::EnumNames<weir::fake::Cut> {
  static constexpr std::string_view names[] = {"auto", "lines", "csv"};
};

namespace weir::fake {

inline Kinds kinds(bool needs_text, bool needs_fields, bool gives_text, bool gives_fields,
                   bool changes_fields = false, bool drops_fields = false) {
  return {needs_text, needs_fields, gives_text, gives_fields, changes_fields, drops_fields};
}

inline void add_ends(Registry& registry) {
  registry.add<Read, ReadOptions>("file.read", "Reads.")
      .required("path", &ReadOptions::path, "Files.")
      .optional("framing", &ReadOptions::framing, "How it is cut.")
      .optional("max_line", &ReadOptions::max_line, "Longer ones are errors.")
      .optional("streams", &ReadOptions::streams, "How many.")
      .streams(split)
      .set_framing([](ReadOptions& o, const Framing& framing) { o.told = framing; })
      .kinds(kinds(false, false, true, false));
  registry.add<Read>("generate", "Makes records.").kinds(kinds(false, false, false, true));
  registry.add<Write, WriteOptions>("file.write", "Writes.")
      .required("path", &WriteOptions::path, "A file.")
      .optional("append", &WriteOptions::append, "Behind what is there.")
      .kinds(kinds(true, false, false, false));
}

inline void add_transforms(Registry& registry) {
  registry.add<Pass>("json.parse", "Fields from JSON.")
      .kinds(kinds(true, false, false, true))
      .framing([](const NoOptions&) {
        return Framing{Framing::Unit::lines, false};
      });
  registry.add<Pass>("json.format", "JSON from fields.").kinds(kinds(false, true, true, false));
  registry.add<Pass, FilterOptions>("filter", "Keeps some.")
      .required("where", &FilterOptions::where, "Which.");
  registry.add<Pass, SetOptions>("set", "Changes fields.")
      .required("fields", &SetOptions::fields, "To what.")
      .kinds(kinds(false, true, false, true, true));
  registry.add<Pass>("forget", "Drops the fields.")
      .kinds(kinds(false, false, false, false, false, true));
  registry.add<Format, FormatOptions>("csv.format", "CSV from fields.")
      .required("columns", &FormatOptions::columns, "Which.")
      .optional("header", &FormatOptions::header, "A first line.")
      .kinds(kinds(false, true, true, false));
  registry.add<Pass, TemplateOptions>("text.format", "Text from fields.")
      .required("line", &TemplateOptions::line, "Of what.")
      .kinds(kinds(false, false, true, false));
  registry.add<Match, MatchOptions>("regex.match", "Keeps what matches.")
      .required("pattern", &MatchOptions::pattern, "What.")
      .optional("broken", &MatchOptions::broken, "Fails.")
      .kinds(kinds(true, false, false, false));
}

inline void add_others(Registry& registry) {
  registry.add<Serial<CountOptions>, CountOptions>("count", "Counts.")
      .key(&CountOptions::key)
      .kinds(kinds(false, false, true, true, false, false));
  registry.add<Serial<TakeOptions>, TakeOptions>("take", "The first ones.")
      .required("count", &TakeOptions::count, "How many.")
      .min(&TakeOptions::count, std::uint64_t{1});
  registry.add<Pass, EveryOptions>("every", "Every type of option.")
      .optional("flag", &EveryOptions::flag, "")
      .optional("whole", &EveryOptions::whole, "")
      .min(&EveryOptions::whole, std::int64_t{1})
      .max(&EveryOptions::whole, std::int64_t{10})
      .optional("ratio", &EveryOptions::ratio, "")
      .optional("text", &EveryOptions::text, "")
      .optional("wait", &EveryOptions::wait, "")
      .optional("size", &EveryOptions::size, "")
      .optional("cut", &EveryOptions::cut, "")
      .optional("field", &EveryOptions::field, "")
      .optional("maybe", &EveryOptions::maybe, "")
      .optional("numbers", &EveryOptions::numbers, "")
      .optional("labels", &EveryOptions::labels, "");
}

/// Types that are called record by record.
inline void add_calls(Registry& registry) {
  registry.add<Delay>("delay", "Waits.").idempotent();
  registry.add<Delay>("send", "Has effects.");
  registry.add<Pass>("exec", "Waits on a thread.").blocking();
  registry.add<Tally>("tally", "Counts by key.").kinds(kinds(false, false, false, true));
}

/// Types with several ports or inputs, and what comes with that.
inline void add_shapes(Registry& registry) {
  registry.add<Pass, RouteOptions>("route", "Sends each record to a port.")
      .required("ports", &RouteOptions::ports, "Which.")
      .ports([](const RouteOptions& o) { return o.ports; });
  registry.add<Pass>("try", "Sends some back.").port("retry");
  registry.add<Delay>("ask", "Waits and sends some back.").port("retry").port("lost");
  registry.add<Pass>("zip", "Puts partners together.").pairing(Pairing::together);
  registry.add<Serial<NoOptions>>("join", "Finds partners.").pairing(Pairing::any, 2).stateful();
  registry.add<Serial<TickOptions>, TickOptions>("window", "Aggregates.")
      .optional("every", &TickOptions::every, "How often.")
      .timed([](const TickOptions& o) { return o.every.has_value(); });
  registry.add<Serial<TickOptions>, TickOptions>("dedupe", "Forgets after a time.")
      .optional("within", &TickOptions::every, "How soon.")
      .by_clock([](const TickOptions& o) { return o.every.has_value(); });
  registry.add<Pass>("csv.parse", "Fields from CSV.")
      .kinds(kinds(true, false, false, true))
      .framing([](const NoOptions&) {
        return Framing{Framing::Unit::csv, true};
      });
}

/// A registry with all of them, and options to load with it.
struct Setup {
  Registry registry;
  Language language;
  compile::LoadOptions options;

  Setup() {
    add_ends(registry);
    add_transforms(registry);
    add_others(registry);
    add_calls(registry);
    add_shapes(registry);
    options.registry = &registry;
    options.expressions = &language;
    options.times = &stages::time_language();
    options.auto_threads = 4;
  }
  Setup(const Setup&) = delete;
  Setup& operator=(const Setup&) = delete;

  compile::Loaded load(std::string_view text) const { return load_plan(text, "p.yaml", options); }
};

/// All diagnostics as people see them.
inline std::string render_all(const compile::Loaded& loaded, std::string_view text) {
  std::string all;
  for (const text::Diagnostic& d : loaded.diagnostics) all += render(d, text);
  return all;
}

/// Of `text` with these look-alikes.
inline std::string complaints(std::string_view text) {
  return render_all(Setup().load(text), text);
}

}  // namespace weir::fake
