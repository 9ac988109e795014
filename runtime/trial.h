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

/// What every stage made of the first records: watches a run and shows it side by side. What the
/// passes of a loop did stands at their stage.
class Trial final : public Observer {
 public:
  /// Watches the first `records` of each source. Borrows the plan.
  Trial(const Plan& plan, std::size_t records);

  void after(std::size_t stage, Record& record) override;
  void ended(std::size_t stage, const Record& record, std::string_view how) override;

  /// A block for each stage but the sources, in the order of the file: its name, then a row for
  /// each record that came, before and after it.
  std::string text(std::size_t width, bool colours) const;

 private:
  /// Records by where they entered; those that a stage made by itself come last.
  using Key = std::pair<bool, Origin>;
  struct Left {
    int port = 0;
    std::string text;
  };
  struct Cell {
    std::vector<Left> records;
    std::vector<Left> letters;  ///< Dead letters; `port` is the stage that they went to.
    std::string ending;         ///< "(filtered)"; empty if it went on.
  };
  using Cells = std::map<Key, Cell>;
  /// What a stage reads: one port of another, or its dead letters.
  struct Reads {
    int from = 0;
    int port = 0;
    bool letters = false;
    friend auto operator<=>(const Reads&, const Reads&) = default;
  };

  static Key key_of(const Record& record);
  void find_reads(int stage);
  void find_letters(int to, const Region& above);
  void find_fields(int stage);
  int letter_target(std::size_t stage, const Record& record) const;
  std::vector<std::string> came(int stage, const Key& key) const;
  std::string block(int stage, std::size_t width, bool colours) const;
  bool watched(std::size_t stage, const Key& key) const;

  const Plan& plan_;
  std::size_t records_;
  std::vector<std::vector<Reads>> reads_;  ///< Of each stage of the file.
  std::vector<bool> enters_with_fields_;   ///< Before each stage: fields, not the text.
  std::vector<bool> leaves_with_fields_;
  std::vector<Cells> cells_;  ///< Behind each stage of the file.
};

}  // namespace weir
