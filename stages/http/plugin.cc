#include "weir/plugin.h"

#include "stages/http/fetch.h"

namespace {

using O = weir::stages::http::FetchOptions;

weir::Kinds kinds(const O& o) {
  const bool fields = o.into || o.status_into || o.headers_into;
  return {.gives_text = !o.into, .gives_fields = fields, .changes_fields = fields};
}

}  // namespace

WEIR_PLUGIN(registry) {
  registry.add<weir::stages::http::Fetch, O>("http.fetch", "Asks an HTTP service about each record")
      .required("url", &O::url,
                "the url, with fields in braces: {x} is percent-encoded, {x|raw} is not, "
                "{record.text} is the text, {{ and }} are braces; of a list each attempt takes "
                "the next, another replica of the service")
      .optional("method", &O::method,
                "the request's method; without, GET, or POST with a 'body'; GET and HEAD may be "
                "hedged, others only if the service takes a request twice")
      .optional("headers", &O::headers, "the request's headers, each value a template")
      .optional("body", &O::body, "the request's body; its content-type is for 'headers' to say")
      .optional(
          "into", &O::into,
          "the field that gets the answer's body; it becomes the text without; a record that "
          "is kept or becomes a dead letter gets the first 64 KiB of a bad answer's, and null "
          "where there was no answer")
      .optional(
          "status_into", &O::status_into,
          "the field that gets the answer's status, also of a record that is kept or becomes a "
          "dead letter for it")
      .optional("headers_into", &O::headers_into,
                "the field that gets the answer's headers, a JSON object with names in lower case; "
                "also of a record that is kept or becomes a dead letter")
      .optional("accept_status", &O::accept_status,
                "statuses, or ranges of them such as 300..399, that are as good as 2xx; of the "
                "others 408, 429 and 5xx may be retried, not before their Retry-After, the rest is "
                "permanent")
      .optional("max_size", &O::max_size,
                "how long the answer's body may be, unpacked; limits.record without")
      .optional(
          "redirects", &O::redirects,
          "how many redirects are followed, at most; another origin (scheme, host, port) gets of "
          "'headers' just what an answer may be and what the body is: no key, no cookie")
      .min(&O::redirects, 0)
      .max(&O::redirects, 100)
      .optional(
          "connections", &O::connections,
          "how many requests to one host (scheme, host, port) are under way at a time, each over a "
          "connection of its own or, with HTTP/2, over a common one; who waits stands in line, "
          "where its 'timeout' does not go on; as many as 'workers' without")
      .min(&O::connections, std::optional<int>(1))
      .optional("verify", &O::verify, "whether the server's certificate must be good")
      .optional("ca", &O::ca, "a file of certificates to trust; the system's without")
      .optional("user_agent", &O::user_agent, "what the request says of who asks")
      .idempotent()
      .replicas([](const O& o) { return static_cast<int>(o.url.size()); })
      .asks([](const weir::stages::http::Fetch& stage, const weir::Record& record) {
        return stage.question(record);
      })
      .kinds(&kinds)
      .example(R"(stages:
  - uses: generate
    with: { count: 3 }
  - uses: http.fetch
    with:
      url: 'http://localhost:8080/pages?path={path}'
      into: page
    workers: 100
    on_error: keep
  - uses: json.format
  - uses: file.write
    with: { path: "-" }
)");
}
