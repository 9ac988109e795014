#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "graph/flow/run.h"
#include "graph/spec/plan.h"

namespace weir {

/// What every stage made of the first records: watches a run and shows it side by side.
class Trial final : public Observer {
 public:
  /// Watches the first `records` of the source. Borrows the plan.
  Trial(const Plan& plan, std::size_t records);

  void after(std::size_t stage, Record& record) override;
  void ended(std::size_t stage, const Record& record, std::string_view how) override;

  /// A block a stage: its name, then a row for each record that came, before and after it.
  std::string text(std::size_t width, bool colours) const;

 private:
  /// Records by where they entered; those that a stage made by itself come last.
  using Key = std::pair<bool, Origin>;
  struct Cell {
    std::vector<std::string> records;
    std::string ending;  ///< "(filtered)"; empty if it went on.
  };
  using Cells = std::map<Key, Cell>;

  static Key key_of(const Record& record);
  std::string block(std::size_t stage, std::size_t width, bool colours) const;

  bool watched(std::size_t stage, const Key& key) const;

  const Plan& plan_;
  std::size_t records_;
  std::vector<bool> shows_fields_;  ///< After each stage: fields, not the text.
  std::vector<Cells> cells_;        ///< After each stage.
};

}  // namespace weir
