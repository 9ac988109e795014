#include "stages/http/url.h"

#include <new>

#include "stages/http/lower.h"

namespace weir::stages::http {
namespace {

std::string text_of(CURLU* url, CURLUPart part, unsigned flags) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, flags) != CURLUE_OK) return {};
  const std::unique_ptr<char, decltype(&curl_free)> owned(text, &curl_free);
  return text;
}

}  // namespace

Url::Url(const std::string& text) : url_(curl_url(), &curl_url_cleanup) {
  if (!url_) throw std::bad_alloc();
  // As in a request: if the scheme is missing, curl guesses it.
  constexpr unsigned kFlags = CURLU_NON_SUPPORT_SCHEME | CURLU_GUESS_SCHEME;
  good_ = curl_url_set(url_.get(), CURLUPART_URL, text.c_str(), kFlags) == CURLUE_OK;
}

std::string Url::part(CURLUPart part) const {
  return text_of(url_.get(), part, CURLU_DEFAULT_PORT);
}

void Url::set(CURLUPart part, const std::string& text) {
  if (!text.empty()) curl_url_set(url_.get(), part, text.c_str(), 0);
}

std::string Url::whole() const { return text_of(url_.get(), CURLUPART_URL, 0); }

std::string Url::origin() const {
  return lower(part(CURLUPART_SCHEME) + "://" + part(CURLUPART_HOST) + ":" + part(CURLUPART_PORT));
}

}  // namespace weir::stages::http
