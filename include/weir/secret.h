#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace weir {

/// An option that is not shown, such as a password or a token. Diagnostics with their excerpts of
/// the file, reports, logs and `explain` omit it; in a message of a stage, weir replaces its bytes
/// by "***".
class Secret {
 public:
  static constexpr std::string_view kShown = "***";

  Secret() = default;
  explicit Secret(std::string text) : text_(std::move(text)) {}

  /// The bytes, for the code that uses the secret.
  const std::string& reveal() const { return text_; }
  bool empty() const { return text_.empty(); }

 private:
  std::string text_;
};

}  // namespace weir
