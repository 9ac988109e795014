#include "stages/http/redirect.h"

#include <algorithm>
#include <string_view>

#include "stages/http/lower.h"
#include "stages/http/url.h"

namespace weir::stages::http {
namespace {

/// The headers that another origin gets. They say what an answer may be, and what the body is.
constexpr std::string_view kForAnyone[] = {
    "accept",       "accept-language", "content-encoding", "content-language",
    "content-type", "range",           "user-agent"};

constexpr int kMovedPermanently = 301;
constexpr int kFound = 302;
constexpr int kSeeOther = 303;

std::string name_of(const std::string& header) {
  return lower(header.substr(0, header.find_first_of(":;")));
}

void become_get(Request& request) {
  request.method = Method::get;
  request.body.reset();
  std::erase_if(request.headers,
                [](const std::string& header) { return name_of(header).starts_with("content-"); });
}

}  // namespace

void redirect(Request& request, int status, const std::string& to) {
  const Url from(request.url);
  Url next(to);
  request.url = to;
  if (!from.good() || !next.good() || from.origin() != next.origin()) {
    std::erase_if(request.headers, [](const std::string& header) {
      return std::ranges::find(kForAnyone, name_of(header)) == std::end(kForAnyone);
    });
  } else if (next.part(CURLUPART_USER).empty() && !from.part(CURLUPART_USER).empty()) {
    next.set(CURLUPART_USER, from.part(CURLUPART_USER));
    next.set(CURLUPART_PASSWORD, from.part(CURLUPART_PASSWORD));
    request.url = next.whole();
  }
  const Method method = request.method;
  const bool found = status == kMovedPermanently || status == kFound;
  if (found ? method == Method::post
            : status == kSeeOther && method != Method::get && method != Method::head) {
    become_get(request);
  }
}

}  // namespace weir::stages::http
