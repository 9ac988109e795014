#pragma once

#include <curl/curl.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "stages/http/request.h"

namespace weir::stages::http {

/// The bytes of a bad answer's body that are read before it is cut off, and that `into` gets.
constexpr std::size_t kBadBody = 64 * 1024;

/// The settings that all transfers of a stage share.
struct Terms {
  std::uint64_t max_size = 0;
  int redirects = 0;
  bool verify = true;
  std::string ca;  ///< A file of certificates; empty for the system's.
  std::string user_agent;
  std::vector<NumberRange> accept;  ///< Statuses that are as good as 2xx.
  bool wants_headers = false;
  bool wants_bad_body = false;  ///< Keeps `kBadBody` of a bad answer's body.

  bool accepts(int status) const;
};

/// A request, those that redirects make of it, and the answer so far: a curl handle with its
/// callbacks. Each request goes to a server at most once. curl alone would send it again where a
/// reused connection breaks without an answer, a server refuses a stream, or answers 417. But the
/// server may have taken the request, and the stage's `retry` decides and counts what is sent
/// again. For one thread.
class Transfer {
 public:
  /// `terms` must outlive the transfer. Throws Error of kind `http`.
  Transfer(const Terms& terms, Request request);
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;
  ~Transfer();

  CURL* handle() const { return handle_; }

  /// Returns whether the answer redirects to another URL; the handle is then ready for that. Throws
  /// Error of kind `http` after too many redirects.
  bool follow();

  const std::string& url() const { return request_.url; }
  int status() const;  ///< 0 if there was no answer.
  /// Returns the time that a Retry-After header asks for, at most a day; 0 without one.
  std::chrono::seconds retry_after() const;
  /// Returns the URL as messages show it: after redirects, without user, password and query.
  std::string place() const;
  /// Returns the whole body of a good answer, or the first bytes of a bad one.
  const std::string& body() const { return body_; }
  /// Returns the headers of the last answer (after redirects) in their order: names in lower case,
  /// and values.
  const std::vector<std::pair<std::string, std::string>>& headers() const { return headers_; }
  bool passed_max_size() const { return too_big_; }
  /// True if curl was kept from sending the request again; whether the server has taken it is
  /// unknown.
  bool lost() const { return lost_; }
  const Terms& terms() const { return terms_; }
  /// Returns what curl says beside its code.
  std::string_view error_text() const { return error_; }

 private:
  void set_up();
  void set_options();
  void set_once();
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
  int followed_ = 0;
  bool too_big_ = false;
  bool asked_ = false;  ///< True once the request was sent and may have reached its server.
  bool lost_ = false;
  char error_[CURL_ERROR_SIZE] = {};
};

}  // namespace weir::stages::http
