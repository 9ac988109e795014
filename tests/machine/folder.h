#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace weir {

/// A folder of the test's own, removed with all that is in it.
class Folder {
 public:
  Folder();
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::string operator/(const std::string& name) const { return (path_ / name).string(); }
  /// Writes a file; its path.
  std::string write(const std::string& name, std::string_view content) const;

 private:
  std::filesystem::path path_;
};

/// The bytes of a file; none if it is not there.
std::string content_of(const std::filesystem::path& path);

}  // namespace weir
