#pragma once

#include <curl/curl.h>

#include <memory>
#include <string>

namespace weir::stages::http {

/// A URL in its parts, as curl reads it. Throws std::bad_alloc.
class Url {
 public:
  explicit Url(const std::string& text);

  bool good() const { return good_; }
  /// Returns a part; empty if the URL has none.
  std::string part(CURLUPart part) const;
  void set(CURLUPart part, const std::string& text);
  std::string whole() const;
  /// Returns scheme, host and port in lower case, which identify the server that is asked.
  std::string origin() const;

 private:
  std::unique_ptr<CURLU, decltype(&curl_url_cleanup)> url_;
  bool good_ = false;
};

}  // namespace weir::stages::http
