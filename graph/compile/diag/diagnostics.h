#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "graph/text/diagnostic.h"
#include "graph/text/mask.h"
#include "weir/in_quotes.h"

namespace weir::compile {

/// Collects the mistakes in one file.
class Diagnostics {
 public:
  explicit Diagnostics(std::string file) : file_(std::move(file)) {}

  void error(const Mark& mark, std::string message, std::string hint = {});
  void warning(const Mark& mark, std::string message, std::string hint = {});
  /// Reports something that is as it should be, and that somebody may not expect.
  void note(const Mark& mark, std::string message);

  /// Suppresses further diagnostics about these bytes. Their mistake has been reported, and what
  /// stands there now is only a repair that lets reading go on.
  void silence(const Mark& mark);
  bool silenced(const Mark& mark) const;

  /// The texts that no message shows. They are also masked in diagnostics that were found earlier.
  text::Mask& mask() { return mask_; }
  /// Adds bytes of the file that no excerpt shows.
  void hide(const Mark& mark) { hidden_.push_back(mark); }
  const std::vector<Mark>& hidden() const { return hidden_; }

  /// Adds all that `other` has collected.
  void add(const Diagnostics& other);

  /// Returns whether more was found than anyone will be shown. Further errors are then dropped, and
  /// hints that cost a search are not worth it.
  bool crowded() const { return found_.size() >= kCrowd; }

  const std::string& file() const { return file_; }
  bool failed() const { return failed_; }
  /// Marks the file as wrong without a diagnostic of its own.
  void fail() { failed_ = true; }

  /// Returns the diagnostics sorted by position, without duplicates, at most about a hundred.
  std::vector<text::Diagnostic> take();

 private:
  static constexpr std::size_t kCrowd = 1000;

  std::string file_;
  std::vector<text::Diagnostic> found_;
  /// The line and column where each silent range begins, and the column after its end.
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint32_t> silent_;
  bool failed_ = false;
  text::Mask mask_;
  std::vector<Mark> hidden_;
};

/// The hint "did you mean 'x'?" for the candidate nearest to `word`; empty if none is near.
std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace weir::compile
