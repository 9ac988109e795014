#include "graph/flow/context/caught.h"

#include "weir/error.h"

namespace weir::flow {

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

Caught caught_exception(const detail::Arena& arena) {
  if (arena.refusal() == detail::Refusal::memory) arena.end_call();
  return caught_exception();
}

}  // namespace weir::flow
