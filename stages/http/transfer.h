#pragma once

#include <curl/curl.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "stages/http/request.h"

namespace weir::http {

/// What all transfers of a stage go by.
struct Terms {
  std::uint64_t max_size = 0;
  int redirects = 0;
  bool verify = true;
  std::string ca;  ///< A file; empty: the system's.
  std::string user_agent;
  std::vector<int> accept;  ///< Statuses that are as good as 2xx.
  bool wants_headers = false;

  bool accepts(int status) const;
};

/// One request and what has come of it so far: a curl handle with its callbacks. For one thread.
class Transfer {
 public:
  /// `terms` must live as long as it. Throws Error of kind `http`.
  Transfer(const Terms& terms, Request request);
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;
  ~Transfer();

  CURL* handle() const { return handle_; }

  int status() const;  ///< 0: there was no answer.
  /// What a Retry-After header asks for; 0 without.
  std::chrono::seconds retry_after() const;
  /// The URL as messages show it: behind redirects, without user, password and query.
  std::string place() const;
  /// The whole body of a good answer; the first bytes of another.
  const std::string& body() const { return body_; }
  /// Name in lower case, and value, of the last answer (behind redirects), in their order.
  const std::vector<std::pair<std::string, std::string>>& headers() const { return headers_; }
  bool passed_max_size() const { return too_big_; }
  const Terms& terms() const { return terms_; }
  /// What curl says beside its code.
  std::string_view error_text() const { return error_; }

 private:
  void set_options();
  void set_method();
  bool take_body(std::string_view bytes);
  bool take_header(std::string_view line);

  const Terms& terms_;
  Request request_;
  CURL* handle_;
  curl_slist* header_list_ = nullptr;
  std::string body_;
  std::vector<std::pair<std::string, std::string>> headers_;
  std::size_t header_bytes_ = 0;
  std::uint64_t received_ = 0;
  bool too_big_ = false;
  char error_[CURL_ERROR_SIZE] = {};
};

}  // namespace weir::http
