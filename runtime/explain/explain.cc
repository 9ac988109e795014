#include "runtime/explain/explain.h"

#include <algorithm>
#include <filesystem>
#include <string_view>
#include <utility>

#include "runtime/explain/determinism.h"
#include "runtime/explain/explain_parts.h"
#include "runtime/explain/plan_names.h"
#include "runtime/terminal/figures.h"

namespace weir::cli {
namespace {

constexpr std::size_t kIndent = 10;

/// Breaks `text` into lines of at most `width` columns; all but the first begin with `indent`
/// spaces.
std::string wrapped(std::string_view text, std::size_t indent, std::size_t width) {
  std::string out;
  std::size_t column = indent;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::size_t size = display_width(word);
    if (column > indent && column + 1 + size > width) {
      out += "\n" + std::string(indent, ' ');
      column = indent;
    } else if (column > indent) {
      out += ' ';
      ++column;
    }
    out += word;
    column += size;
  }
  return out + "\n";
}

/// Writes the text of `weir explain`.
class Explanation {
 public:
  Explanation(const compile::Plan& plan, std::size_t width) : plan_(plan), width_(width) {}

  std::string run() {
    head();
    for (const StageId stage : stages_in_file_order(plan_)) explain(ExplainedStage(plan_, stage));
    ending();
    return std::move(text_);
  }

 private:
  void head() {
    const std::string name =
        plan_.name.empty() ? std::filesystem::path(plan_.file).stem().string() : plan_.name;
    const compile::Limits& limits = plan_.limits;
    const auto stages = stages_in_file_order(plan_).size();
    text_ += wrapped(
        name + ": " + counted(stages, "stage") + " in " + counted(plan_.regions.size(), "region") +
            ", on " + counted(static_cast<std::uint64_t>(limits.threads), "thread") + ". At most " +
            counted(limits.records, "record") + " and " + shown_bytes(limits.memory) +
            " are in flight. A record that takes more than " + shown_bytes(limits.record) +
            " in one stage is an error there.",
        0, width_);
  }

  void explain(const ExplainedStage& stage) {
    const std::string& type = stage.planned.type->name;
    std::string title = stage.planned.name;
    if (title != type) title += " (" + type + ")";
    text_ += "\n" + wrapped(title + ", " + what_it_reads(stage), 2, width_);
    concern("order", about_order(stage));
    concern("errors", about_errors(stage));
    concern("time", about_time(stage));
    concern("memory", about_memory(stage));
    concern("threads", about_threads(stage));
  }

  void concern(const std::string& name, const Sentences& sentences) {
    if (sentences.empty()) return;
    std::string all;
    for (const std::string& sentence : sentences) all += (all.empty() ? "" : " ") + sentence;
    text_ += pad_right("  " + name, kIndent) + wrapped(all, kIndent, width_);
  }

  void ending() {
    const Determinism result = determinism_of(plan_);
    if (!result.chances.empty()) return list(result.chances);
    const bool always = result.conditions.empty();
    text_ += "\n" + wrapped(
                        "The output is deterministic: the same input gives the same bytes at any "
                        "number of threads" +
                            std::string(always ? "." : ", as long as"),
                        0, width_);
    for (const std::string& condition : result.conditions) {
      text_ += "  - " + wrapped(condition, 4, width_);
    }
  }

  void list(const std::vector<Chance>& chances) {
    text_ += "\n" + wrapped(
                        "The output is not deterministic: two runs over the same input may differ, "
                        "by",
                        0, width_);
    std::size_t widest = 0;
    for (const Chance& chance : chances) widest = std::max(widest, display_width(chance.stages));
    widest = std::min(widest, width_ / 3);
    for (const Chance& chance : chances) {
      text_ +=
          "  " + pad_right(chance.stages, widest) + "  " + wrapped(chance.why, widest + 4, width_);
    }
  }

  const compile::Plan& plan_;
  const std::size_t width_;
  std::string text_;
};

}  // namespace

std::string explanation(const compile::Plan& plan, std::size_t width) {
  return Explanation(plan, width).run();
}

}  // namespace weir::cli
