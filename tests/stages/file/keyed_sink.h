#pragma once

// A file.write whose path has fields, driven by hand.

#include <map>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "stages/file/file_write.h"
#include "tests/stages/file/file_size_limit.h"
#include "tests/stages/file/following.h"

namespace weir::stages::test {

/// A record's text, its field `k`, which it has not where that is null, and
/// more fields. The names of fields last.
struct Row {
  std::string text;
  std::optional<std::string> key;
  std::vector<std::pair<std::string_view, Value>> more = {};
};

inline file::PathTemplate path_of(const std::string& text) {
  file::PathTemplate path;
  const Template::Problem problem = file::PathTemplate::parse(text, path);
  if (!problem.message.empty()) throw std::logic_error(problem.message);
  return path;
}

/// A file.write that is driven by hand.
class Writing {
 public:
  explicit Writing(file::FileWriteOptions options, std::size_t memory = 256u << 20)
      : sink(options) {
    sink.bound_memory(memory);
    sink.open(context);
  }

  /// Writes one batch. Returns the kinds of the errors, empty ones for records
  /// without.
  std::vector<std::string> write(const std::vector<Row>& rows, bool stop_at_failure = false) {
    std::mt19937 random(1);
    StingyArena arena(random, 0);
    kit::NoHost host;
    std::vector<detail::RecordData> data(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
      Record record(data[i], arena, host);
      arena.set_budget(1u << 30);
      record.adopt_text(std::string_view(rows[i].text));
      if (rows[i].key) record.set("k", Value(std::string_view(*rows[i].key)));
      for (const auto& [name, value] : rows[i].more) record.set(FieldName::lasting(name), value);
    }
    Batch batch(data, arena, host, 16u << 20, stop_at_failure);
    sink.write(batch);
    std::vector<std::string> kinds;
    for (const detail::RecordData& each : data) {
      const bool failed = each.state == detail::RecordState::failed;
      kinds.emplace_back(failed ? each.extra->error.kind : "");
      if (failed) message = std::string(each.extra->error.message);
    }
    return kinds;
  }

  ListeningContext context{std::uint64_t{1} << 30};
  file::FileWrite sink;
  std::string message;
};

inline file::FileWriteOptions options_of(const std::string& path) {
  file::FileWriteOptions options;
  options.path = path_of(path);
  return options;
}

inline std::vector<Row> random_rows(std::mt19937& random, std::size_t count, unsigned keys) {
  std::vector<Row> rows;
  for (std::size_t i = 0; i < count; ++i) {
    rows.push_back({std::to_string(i) + std::string(random() % 200, 'x'),
                    "k" + std::to_string(random() % keys)});
  }
  return rows;
}

inline std::map<std::string, std::string> by_key(const std::vector<Row>& rows) {
  std::map<std::string, std::string> all;
  for (const Row& row : rows) all[*row.key] += row.text + "\n";
  return all;
}

}  // namespace weir::stages::test
