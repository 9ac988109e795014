#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir {

/// A field's name, or a path into nested JSON (`user.name`), resolved once. A record's own field
/// of exactly that name wins over the path.
class Field {
 public:
  Field() = default;
  explicit Field(std::string path) : path_(std::move(path)) { split(); }

  const std::string& name() const { return path_; }
  bool empty() const { return path_.empty(); }
  /// The path's steps if it has more than one; else empty.
  const std::vector<std::string>& steps() const { return steps_; }

 private:
  void split() {
    if (path_.find('.') == std::string::npos) return;
    for (std::size_t begin = 0; begin <= path_.size();) {
      const std::size_t end = std::min(path_.find('.', begin), path_.size());
      steps_.push_back(path_.substr(begin, end - begin));
      begin = end + 1;
    }
  }

  std::string path_;
  std::vector<std::string> steps_;
};

}  // namespace weir
