#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "graph/compile/plan/plan.h"
#include "graph/flow/run.h"

namespace weir::cli {

using compile::StageId;

/// Watches a run of the first records, and shows side by side what every stage made of them. All
/// passes of a loop are shown at their stage.
class Trial final : public flow::Observer {
 public:
  /// Watches the first `records` records of each source. Borrows the plan.
  Trial(const compile::Plan& plan, std::size_t records);

  void after(StageId stage, Record& record) override;
  void ended(StageId stage, const Record& record, std::string_view how) override;

  /// Returns a block for each stage but the sources, in the order of the file: its name, then a row
  /// for each record that came, before and after the stage.
  std::string text(std::size_t width, bool colours) const;

 private:
  /// Identifies records by origin; those that a stage made by itself come last.
  using Key = std::pair<bool, Origin>;
  /// A record as it left a stage.
  struct Left {
    std::size_t port = 0;
    std::string text;
  };
  /// A dead letter, and the stage that takes it; none if it is none after all.
  struct Letter {
    std::optional<StageId> to;
    std::string text;
  };
  /// The results of a stage for the records of one key.
  struct Cell {
    std::vector<Left> records;
    std::vector<Letter> letters;
    std::string ending;  ///< The end of the record here, such as "(filtered)"; empty if it went on.
  };
  using Cells = std::map<Key, Cell>;
  /// An input of a stage: one port of another, or its dead letters.
  struct Reads {
    StageId from;
    std::size_t port = 0;
    bool letters = false;
    friend auto operator<=>(const Reads&, const Reads&) = default;
  };

  static Key key_of(const Record& record);
  void find_reads(StageId stage);
  void find_letters(StageId to, const compile::Region& above);
  void find_fields(StageId stage);
  std::optional<StageId> letter_target(StageId stage, const Record& record) const;
  std::vector<std::string> came(StageId stage, const Key& key) const;
  std::string block(StageId stage, std::size_t width, bool colours) const;
  bool watched(StageId stage, const Key& key) const;

  const compile::Plan& plan_;
  std::size_t records_;
  compile::IdVector<StageId, std::vector<Reads>> reads_;  ///< The inputs of each stage of the file.
  compile::IdVector<StageId, bool>
      enters_with_fields_;  ///< Before each stage: fields, not the text.
  compile::IdVector<StageId, bool> leaves_with_fields_;
  compile::IdVector<StageId, Cells> cells_;  ///< The records after each stage of the file.
};

}  // namespace weir::cli
