#include "graph/flow/caught.h"

#include "weir/detail/arena.h"
#include "weir/error.h"

namespace weir {

Caught caught_exception() {
  try {
    throw;
  } catch (const detail::OutOfMemory&) {
    throw;
  } catch (const detail::RecordTooBig&) {
    return {"too_big", "the record passed limits.record in this stage", false};
  } catch (const Error& e) {
    return {e.kind(), e.what(), e.retryable()};
  } catch (const std::exception& e) {
    return {"exception", e.what()};
  } catch (...) {
    return {"exception", "unknown exception"};
  }
}

}  // namespace weir
