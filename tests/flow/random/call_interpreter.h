#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "graph/flow/api/report.h"
#include "tests/flow/random/call_pipeline.h"

namespace weir::flow::test {

/// What a plain loop over the records, one after the other, makes of the pipeline: the oracle.
struct CallExpected {
  /// A text that the sink gets. Those of one lane keep their order where `order: key` asks for it.
  struct Text {
    std::string text;
    std::string lane;
  };
  /// What test.letters gets. Those of one origin may come in any order.
  struct Letter {
    std::int64_t origin = 0;
    std::string line;
  };
  using Errors = std::map<std::string, std::map<std::string, std::uint64_t>>;

  std::vector<Text> texts;
  std::vector<Letter> letters;
  /// So many of them surely come. The others stem from the origin that fails the run: a stage that
  /// is called may have let earlier children of it go before a later one failed.
  std::size_t sure_texts = 0;
  std::size_t sure_letters = 0;
  std::array<std::uint64_t, kOutcomes> outcomes{};
  Errors errors;  ///< By stage and kind.
  std::uint64_t kept = 0;
  bool failed = false;
  bool source_failed = false;
  std::int64_t failed_at = -1;  ///< The origin's position; -1: it has none.
  /// Stage and kind of what may be named as the failure: that origin may have several.
  std::set<std::pair<std::string, std::string>> failures;
  bool took_all = false;  ///< A stage wanted no more input.
  /// Then: so many stages stand above it. They may meet further errors, of records that are behind.
  std::size_t above_take = 0;
};

CallExpected interpret(const CallPipeline& pipeline);

/// What one attempt after the other at a record comes to in the end.
struct Answer {
  enum class Act : std::uint8_t { drop, texts, error } act = Act::drop;
  std::vector<std::string> texts;
  bool fields_go_on = false;  ///< To what has the texts.
  std::string kind{}, message{};
  int attempts = 1;
};
Answer answer_of(const DrawnStage& stage, const std::string& text);

/// The dead letter's line: of a record with these fields that failed with that answer.
std::string letter_line(const CallPipeline& pipeline, std::size_t at, std::int64_t origin,
                        const std::string& text, const DrawnFields& fields, const Answer& error);

}  // namespace weir::flow::test
