#pragma once

#include <string>

#include "stages/http/request.h"

namespace weir::stages::http {

/// Turns `request` into the one that an answer with `status` and the Location `to` asks for. 303
/// turns any method but HEAD into GET; 301 and 302 turn POST into GET. The body is then left out
/// (as RFC 9110 and browsers have it). Another origin (scheme, host or port), and any later one,
/// gets no header that may say who asks: a key is for the server that it was set for. User and
/// password of the URL stay with their origin as well.
void redirect(Request& request, int status, const std::string& to);

}  // namespace weir::stages::http
