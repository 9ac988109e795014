#pragma once

#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "stages/lookup/table.h"
#include "stages/lookup/table_file.h"
#include "stages/lookup/table_watch.h"
#include "weir/file_use.h"
#include "weir/result.h"

namespace weir::stages::lookup {

/// The options of `lookup`.
struct LookupOptions : ResultOptions, TableFileOptions {
  LookupOptions() { on_missing = OnMissing::keep; }

  Comparisons by;
  std::vector<std::string> columns;
  Duplicates duplicates = Duplicates::error;
  std::optional<Duration> reload;
};

/// Adds to each record what a table says about it.
///
/// Example:
///   - uses: lookup
///     with: { path: users.csv, by: { user: user_id }, columns: [name, plan] }
class Lookup final : public BatchTransform, public OpensFiles {
 public:
  struct Scratch {
    Search search;
    ResultWriter result;
  };

  explicit Lookup(const LookupOptions& options);

  std::vector<FileUse> files() const override { return file_.files(); }
  void open(Context& context) override;
  void close() override;
  void process(Batch& batch, Call& call) const override;

 private:
  /// A table, and the fields that its columns become.
  struct Loaded {
    std::unique_ptr<const Table> table;
    std::vector<std::string_view> names;
  };

  std::shared_ptr<const Loaded> load(Context& context, std::stop_token stop);
  void reload(Context& context, std::stop_token stop);
  std::string_view lasting(std::string name);
  void put(Record& record, const Loaded& loaded, std::uint32_t row, ResultWriter& result) const;
  void miss(Record& record, const Loaded& loaded, ResultWriter& result) const;

  ResultPlace place_;
  bool single_;  ///< True if `into` gets a value itself, not an object.
  OnMissing on_missing_;
  TableFile file_;
  TableRules rules_;
  std::optional<Duration> reload_;
  /// The names of all fields that records may refer to. Its elements stay where they are.
  std::unordered_map<std::string, std::string_view> names_;
  std::deque<std::string> kept_names_;
  mutable std::mutex mutex_;
  std::shared_ptr<const Loaded> loaded_;  ///< Guarded by `mutex_`.
  TableWatch watch_;
};

}  // namespace weir::stages::lookup
