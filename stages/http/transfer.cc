#include "stages/http/transfer.h"

#include <sys/socket.h>

#include <algorithm>
#include <new>
#include <utility>

#include "stages/http/lower.h"
#include "stages/http/redirect.h"
#include "weir/error.h"

namespace weir::stages::http {
namespace {

/// The bytes of a bad answer's body that are kept for the message.
constexpr std::size_t kExcerpt = 512;
constexpr std::size_t kMostHeaders = 1024 * 1024;
constexpr long kConnectTimeoutMs = 30'000;

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

bool has_header(const std::vector<std::string>& lines, std::string_view name) {
  return std::any_of(lines.begin(), lines.end(), [&](const std::string& line) {
    return lower(line.substr(0, line.find_first_of(":;"))) == name;
  });
}

template <class T>
void set(CURL* handle, CURLoption option, T value) {
  const CURLcode code = curl_easy_setopt(handle, option, value);
  if (code != CURLE_OK) throw Error("http", curl_easy_strerror(code), false);
}

}  // namespace

bool Terms::accepts(int status) const {
  return (status >= 200 && status < 300) || any_holds(accept, status);
}

Transfer::Transfer(const Terms& terms, Request request)
    : terms_(terms), request_(std::move(request)), handle_(curl_easy_init()) {
  if (!handle_) throw std::bad_alloc();
  try {
    set_up();
  } catch (...) {
    curl_slist_free_all(header_list_);
    curl_easy_cleanup(handle_);
    throw;
  }
}

Transfer::~Transfer() {
  curl_easy_cleanup(handle_);
  curl_slist_free_all(header_list_);
}

void Transfer::set_up() {
  set_options();
  set_once();
  set_method();
}

bool Transfer::follow() {
  const char* to = nullptr;
  if (terms_.redirects > 0) curl_easy_getinfo(handle_, CURLINFO_REDIRECT_URL, &to);
  if (!to) return false;
  if (followed_ == terms_.redirects) {
    throw Error("http", place() + ": " + curl_easy_strerror(CURLE_TOO_MANY_REDIRECTS), false);
  }
  ++followed_;
  redirect(request_, status(), to);
  curl_easy_reset(handle_);
  curl_slist_free_all(std::exchange(header_list_, nullptr));
  body_.clear();
  headers_.clear();
  received_ = 0;
  asked_ = false;
  set_up();
  return true;
}

void Transfer::set_options() {
  set(handle_, CURLOPT_URL, request_.url.c_str());
  set(handle_, CURLOPT_PROTOCOLS_STR, "http,https");
  set(handle_, CURLOPT_NOSIGNAL, 1L);
  set(handle_, CURLOPT_CONNECTTIMEOUT_MS, kConnectTimeoutMs);
  set(handle_, CURLOPT_ACCEPT_ENCODING, "");
  set(handle_, CURLOPT_USERAGENT, terms_.user_agent.c_str());
  set(handle_, CURLOPT_SSL_VERIFYPEER, terms_.verify ? 1L : 0L);
  set(handle_, CURLOPT_SSL_VERIFYHOST, terms_.verify ? 2L : 0L);
  if (!terms_.ca.empty()) set(handle_, CURLOPT_CAINFO, terms_.ca.c_str());
  set(handle_, CURLOPT_ERRORBUFFER, error_);
  set(handle_, CURLOPT_PRIVATE, this);
  set(handle_, CURLOPT_WRITEDATA, this);
  set(
      handle_, CURLOPT_WRITEFUNCTION,
      +[](const char* bytes, std::size_t one, std::size_t count, void* self) {
        const std::size_t size = one * count;
        // Returning fewer bytes than came ends the transfer.
        return static_cast<Transfer*>(self)->take_body({bytes, size}) ? size : std::size_t{0};
      });
  set(handle_, CURLOPT_HEADERDATA, this);
  set(
      handle_, CURLOPT_HEADERFUNCTION,
      +[](const char* bytes, std::size_t one, std::size_t count, void* self) {
        const std::size_t size = one * count;
        return static_cast<Transfer*>(self)->take_header({bytes, size}) ? size : std::size_t{0};
      });
}

/// Keeps curl from sending the request a second time. curl announces each time that it sends the
/// request. If it needs a new connection for that, it announces the socket first, so that a useless
/// connection is not even begun.
void Transfer::set_once() {
  set(handle_, CURLOPT_PREREQDATA, this);
  set(
      handle_, CURLOPT_PREREQFUNCTION, +[](void* self, char*, char*, int, int) {
        auto& transfer = *static_cast<Transfer*>(self);
        transfer.lost_ = std::exchange(transfer.asked_, true);
        return transfer.lost_ ? CURL_PREREQFUNC_ABORT : CURL_PREREQFUNC_OK;
      });
  set(handle_, CURLOPT_OPENSOCKETDATA, this);
  set(
      handle_, CURLOPT_OPENSOCKETFUNCTION, +[](void* self, curlsocktype, curl_sockaddr* address) {
        auto& transfer = *static_cast<Transfer*>(self);
        transfer.lost_ = transfer.asked_;
        if (transfer.lost_) return static_cast<curl_socket_t>(CURL_SOCKET_BAD);
        // No child process inherits this socket, as it would inherit curl's own.
        return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
      });
}

void Transfer::set_method() {
  const std::string name(EnumNames<Method>::names[static_cast<std::size_t>(request_.method)]);
  if (request_.body) {
    set(handle_, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request_.body->size()));
    set(handle_, CURLOPT_POSTFIELDS, request_.body->c_str());
  } else if (request_.method == Method::post) {
    set(handle_, CURLOPT_POSTFIELDS, "");
  }
  if (request_.method == Method::head) {
    set(handle_, CURLOPT_NOBODY, 1L);
  } else if (request_.method != Method::post && (request_.body || request_.method != Method::get)) {
    set(handle_, CURLOPT_CUSTOMREQUEST, name.c_str());
  }
  // An empty header keeps curl from adding its own: a wait for '100 Continue', and a form's content
  // type.
  std::vector<std::string> lines = request_.headers;
  if (!has_header(lines, "expect")) lines.emplace_back("Expect:");
  if (!has_header(lines, "content-type")) lines.emplace_back("Content-Type:");
  for (const std::string& line : lines) {
    curl_slist* const longer = curl_slist_append(header_list_, line.c_str());
    if (!longer) throw std::bad_alloc();
    header_list_ = longer;
  }
  set(handle_, CURLOPT_HTTPHEADER, header_list_);
}

int Transfer::status() const {
  long status = 0;
  curl_easy_getinfo(handle_, CURLINFO_RESPONSE_CODE, &status);
  return static_cast<int>(status);
}

std::chrono::seconds Transfer::retry_after() const {
  // curl reads seconds or a date. A day is long enough for whatever a server means.
  constexpr std::chrono::hours kLongest{24};
  curl_off_t seconds = 0;
  curl_easy_getinfo(handle_, CURLINFO_RETRY_AFTER, &seconds);
  return std::clamp<std::chrono::seconds>(std::chrono::seconds(seconds), {}, kLongest);
}

std::string Transfer::place() const {
  constexpr std::size_t kShown = 200;
  const char* effective = nullptr;
  curl_easy_getinfo(handle_, CURLINFO_EFFECTIVE_URL, &effective);
  std::string url = effective ? effective : request_.url;
  url.resize(std::min(url.find_first_of("?#"), url.size()));
  const std::size_t scheme = url.find("://");
  const std::size_t host = scheme == std::string::npos ? 0 : scheme + 3;
  const std::size_t path = std::min(url.find('/', host), url.size());
  const std::size_t user_end = url.rfind('@', path);
  if (user_end != std::string::npos && user_end >= host) url.erase(host, user_end + 1 - host);
  if (url.size() > kShown) url.resize(kShown);
  return url;
}

bool Transfer::take_body(std::string_view bytes) {
  received_ += bytes.size();
  if (!terms_.accepts(status())) {
    const std::size_t most = terms_.wants_bad_body ? kBadBody : kExcerpt;
    body_ += bytes.substr(0, most - std::min(most, body_.size()));
    return received_ <= kBadBody;
  }
  too_big_ = received_ > terms_.max_size;
  if (!too_big_) body_ += bytes;
  return !too_big_;
}

bool Transfer::take_header(std::string_view line) {
  header_bytes_ += line.size();
  if (header_bytes_ > kMostHeaders) return false;
  if (line.starts_with("HTTP/")) headers_.clear();
  const std::size_t colon = line.find(':');
  if (!terms_.wants_headers || colon == std::string_view::npos) return true;
  headers_.emplace_back(lower(std::string(trimmed(line.substr(0, colon)))),
                        trimmed(line.substr(colon + 1)));
  return true;
}

}  // namespace weir::stages::http
