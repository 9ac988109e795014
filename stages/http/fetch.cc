#include "stages/http/fetch.h"

#include <utility>

namespace weir::stages::http {
namespace {

void check_field(const char* option, const std::optional<std::string>& field) {
  if (field && field->empty()) throw OptionError(option, "expected a field, got empty text");
}

}  // namespace

Fetch::Fetch(const FetchOptions& options) : options_(options) {
  check(options);
  check_field("into", options.into);
  check_field("status_into", options.status_into);
  check_field("headers_into", options.headers_into);
  for (const NumberRange& range : options.accept_status) {
    if (range.first < 100 || range.last > 599) {
      throw OptionError("accept_status", "expected statuses from 100 to 599, got " +
                                             OptionType<NumberRange>::show(range));
    }
  }
  if (options.user_agent.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos) {
    throw OptionError("user_agent", "expected one line");
  }
  terms_.redirects = options.redirects;
  terms_.verify = options.verify;
  terms_.ca = options.ca.value_or("");
  terms_.user_agent = options.user_agent;
  terms_.accept = options.accept_status;
  terms_.wants_headers = options.headers_into.has_value();
  terms_.wants_bad_body = options.into.has_value();
}

void Fetch::open(Context& context) {
  terms_.max_size = options_.max_size ? options_.max_size->value : context.record_limit();
  client_ = std::make_unique<Client>(options_.connections.value_or(0));
}

std::string Fetch::question(const Record& record) const {
  const Request request = make_request(options_, record, 1);
  std::string text(EnumNames<Method>::names[static_cast<std::size_t>(request.method)]);
  text += " " + request.url;
  if (request.body) text += "\n" + *request.body;
  return text;
}

void Fetch::start(Completion completion) {
  const int attempt = completion.call().attempt();
  Request request = make_request(options_, completion.record(), attempt);
  if (options_.connections) completion.waits();  // Until the client lets it begin.
  const std::uint64_t number = client_->number();
  completion.on_cancel(client_->cancel(number));
  client_->submit(number, std::make_unique<Exchange>(terms_, options_, std::move(request),
                                                     std::move(completion)));
}

}  // namespace weir::stages::http
