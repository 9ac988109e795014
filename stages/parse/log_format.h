#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace weir::stages::parse {

/// A log_format of nginx, such as `$remote_addr [$time_local] "$request" $status`: variables with
/// texts between them.
class LogFormat {
 public:
  struct Piece {
    std::string variable;    ///< Without its `$`.
    std::string behind;      ///< The text up to the next variable, or to the end.
    bool in_quotes = false;  ///< True if a quote stands before and behind the variable.
  };

  /// `format`: `common`, `combined`, or a log_format. Throws OptionError.
  explicit LogFormat(const std::string& format);

  const std::string& before() const { return before_; }
  const std::vector<Piece>& pieces() const { return pieces_; }
  /// How many pieces a line must have at least: a line in `combined` may be one in `common`.
  std::size_t fewest() const { return fewest_; }

 private:
  void read(std::string_view format);
  void check() const;

  std::string before_;  ///< The text before the first variable.
  std::vector<Piece> pieces_;
  std::size_t fewest_ = 0;
};

}  // namespace weir::stages::parse
