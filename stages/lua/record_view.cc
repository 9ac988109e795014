#include "stages/lua/record_view.h"

namespace weir::stages::lua {

void RecordView::begin(Record& record, Call& call) {
  original_ = &record;
  call_ = &call;
  budget_ = record.arena().budget();
  restart();
}

void RecordView::restart() {
  original_->arena().set_budget(budget_);
  data_ = original_->data();
  data_.flags |= detail::kFieldsShared;
  work_.emplace(data_, original_->arena(), original_->host());
  fields_.begin(*work_);
  emitted_.clear();
  dropped_ = false;
  thrown_ = nullptr;
}

void RecordView::commit() {
  fields_.settle();
  for (detail::RecordData& data : emitted_) {
    Record child(data, original_->arena(), original_->host());
    call_->emit_copy(child);
  }
  detail::RecordData& entry = original_->data();
  if (data_.fields == entry.fields && emitted_.empty()) data_.flags = entry.flags;
  entry = data_;
  if (dropped_) original_->drop();
}

void RecordView::rethrow() {
  if (thrown_) std::rethrow_exception(std::exchange(thrown_, nullptr));
}

detail::RecordData& RecordView::add() {
  // Emitted records are charged at the end; until then a chunk must not collect them without bound.
  if (original_->arena().budget() < (emitted_.size() + 1) * detail::kRecordCharge) {
    throw detail::RecordTooBig{};
  }
  return emitted_.emplace_back(data_);
}

void RecordView::emit_copy() {
  fields_.settle();
  data_.flags |= detail::kFieldsShared;
  add();
}

Record RecordView::emit_empty() {
  detail::RecordData& data = add();
  Record record(data, original_->arena(), original_->host());
  record.clear_fields();
  record.adopt_text({});
  return record;
}

void RecordView::emit_text(std::string_view text) { emit_empty().set_text(text); }

}  // namespace weir::stages::lua
