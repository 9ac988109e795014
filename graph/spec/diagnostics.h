#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "graph/text/diagnostic.h"

namespace weir {

/// Collects what is wrong with one file.
class Diagnostics {
 public:
  explicit Diagnostics(std::string file) : file_(std::move(file)) {}

  void error(const Mark& mark, std::string message, std::string hint = {});
  void warning(const Mark& mark, std::string message, std::string hint = {});

  /// Nothing more is wanted about these bytes: the mistake there has been reported, and what
  /// stands there now is only a repair so that reading could go on.
  void silence(const Mark& mark);
  bool silenced(const Mark& mark) const;

  /// Takes over what `other` found.
  void add(const Diagnostics& other);

  /// More was found than anyone will be shown: what is added now is dropped, and hints that cost
  /// a search are not worth it.
  bool crowded() const { return found_.size() >= kCrowd; }

  const std::string& file() const { return file_; }
  bool failed() const { return failed_; }
  /// Something is wrong that needs no words of its own.
  void fail() { failed_ = true; }

  /// Sorted by position, without duplicates, at most about a hundred.
  std::vector<Diagnostic> take();

 private:
  static constexpr std::size_t kCrowd = 1000;

  std::string file_;
  std::vector<Diagnostic> found_;
  /// Line and column where a silent range begins, and the column behind it.
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint32_t> silent_;
  bool failed_ = false;
};

/// `word` in quotes for a message, cut if it is long.
std::string quoted(std::string_view word);

/// The hint "did you mean 'x'?" for the candidate nearest to `word`; empty if none is near.
std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace weir
