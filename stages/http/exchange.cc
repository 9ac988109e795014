#include "stages/http/exchange.h"

#include <algorithm>
#include <string>

#include "stages/http/json_text.h"

namespace weir::stages::http {
namespace {

constexpr int kRequestTimeout = 408;
constexpr int kTooManyRequests = 429;

bool may_pass(int status) {
  return status == kRequestTimeout || status == kTooManyRequests || status >= 500;
}

/// Returns the first line of a body, as a message shows it.
std::string first_line(std::string_view body) {
  constexpr std::size_t kShown = 200;
  const std::size_t begin = body.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return {};
  body.remove_prefix(begin);
  body = body.substr(0, std::min(body.find_first_of("\r\n"), kShown));
  std::string line(body);
  std::replace_if(
      line.begin(), line.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
  return line;
}

/// True if a further attempt cannot help: the request, a certificate or the redirects are wrong.
bool is_permanent(CURLcode code) {
  switch (code) {
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_URL_MALFORMAT:
    case CURLE_TOO_MANY_REDIRECTS:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_ISSUER_ERROR:
      return true;
    default:
      return false;
  }
}

/// True if there was no connection to speak HTTP over, or if it broke.
bool is_connection(CURLcode code) {
  switch (code) {
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
    case CURLE_OPERATION_TIMEDOUT:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_GOT_NOTHING:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_PARTIAL_FILE:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
      return true;
    default:
      return false;
  }
}

/// True for errors of which curl's own text says more, and the same each time.
bool is_about_certificates(CURLcode code) {
  return code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE ||
         code == CURLE_SSL_CERTPROBLEM || code == CURLE_SSL_ISSUER_ERROR;
}

}  // namespace

bool Exchange::follow(CURLcode code) noexcept {
  if (code != CURLE_OK && code != CURLE_WRITE_ERROR) return false;
  try {
    return transfer_.follow();
  } catch (const Error& e) {
    fail(e.kind(), e.what(), e.retryable());
  } catch (const std::exception& e) {
    fail("http", e.what());
  }
  return false;
}

void Exchange::finish(CURLcode code) noexcept {
  if (!completion_) return;
  try {
    const int status = transfer_.status();
    // The body of a bad answer may be cut off on purpose; its status is what counts.
    if (status != 0 && !transfer_.terms().accepts(status) &&
        (code == CURLE_OK || code == CURLE_WRITE_ERROR || transfer_.lost())) {
      refuse();
    } else if (transfer_.passed_max_size()) {
      fail("too_big",
           "the answer of " + transfer_.place() + " passes max_size, " +
               OptionType<Bytes>::show(Bytes{transfer_.terms().max_size}),
           false);
    } else if (code != CURLE_OK) {
      fail(code);
    } else {
      completion_.done([this](Record& record, Call&) { fill(record); });
    }
  } catch (const std::exception& e) {
    if (completion_) completion_.fail("http", e.what());
  }
}

void Exchange::fill(Record& record) const {
  if (options_.status_into)
    record.set(FieldName::lasting(*options_.status_into), transfer_.status());
  if (options_.headers_into) {
    record.set(FieldName::lasting(*options_.headers_into),
               Value::json(headers_as_json(transfer_.headers())));
  }
  if (options_.into) {
    record.set(FieldName::lasting(*options_.into), std::string_view(transfer_.body()));
  } else {
    record.set_text(transfer_.body());
  }
}

void Exchange::refuse() {
  const int status = transfer_.status();
  const std::string said = first_line(transfer_.body());
  const std::string message = "status " + std::to_string(status) + " from " + transfer_.place() +
                              (said.empty() ? "" : ": " + said);
  const bool retryable = may_pass(status);
  fail("http", message, retryable, retryable ? transfer_.retry_after() : std::chrono::seconds(0));
}

void Exchange::fail(CURLcode code) {
  if (transfer_.lost()) {
    const char* message = ": the connection broke before an answer came";
    return fail("connect", transfer_.place() + message);
  }
  // curl's longer text is shown for certificates only, since it contains milliseconds and so is
  // never the same twice.
  std::string why = curl_easy_strerror(code);
  if (is_about_certificates(code) && !transfer_.error_text().empty()) why = transfer_.error_text();
  fail(is_connection(code) ? "connect" : "http", transfer_.place() + ": " + why,
       !is_permanent(code));
}

/// Fails the record. What is known of an answer stays with a record that is kept: nothing at all is
/// null.
void Exchange::fail(std::string_view kind, std::string_view message, bool retryable,
                    std::chrono::seconds retry_after) {
  completion_.done([&](Record& record, Call&) {
    record.fail(kind, message, retryable, retry_after);
    const int status = transfer_.status();
    const auto tell = [&](const std::optional<std::string>& field, Value value) {
      if (field) record.tell(FieldName::lasting(*field), status == 0 ? Value() : value);
    };
    tell(options_.into, Value(std::string_view(transfer_.body()).substr(0, kBadBody)));
    tell(options_.status_into, Value(status));
    tell(options_.headers_into, Value::json(headers_as_json(transfer_.headers())));
  });
}

}  // namespace weir::stages::http
