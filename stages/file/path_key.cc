#include "stages/file/path_key.h"

#include <algorithm>
#include <stdexcept>

#include "weir/template_text.h"

namespace weir::stages::file {

PathKey::PathKey(const PathTemplate& path) : path_(path) {
  const auto& pieces = path.pattern().pieces();
  const auto reads = [](const Template::Piece& piece) { return piece.reads(); };
  const auto keeps = [](const Template::Filter& filter) {
    return filter.kind == Template::Filter::Kind::or_text;
  };
  single_ = std::ranges::count_if(pieces, reads) == 1;
  const auto piece = std::ranges::find_if(pieces, reads);
  if (!single_ || piece->input != Template::Input::field) return;
  if (!std::ranges::all_of(piece->filters, keeps)) return;
  plain_ = &*piece;
  name_size_ = plain_->field.name().size();
}

Value PathKey::search(const Record& record) {
  for (std::uint32_t i = 0; i < record.field_count(); ++i) {
    const FieldView field = record.field(i);
    if (field.name != plain_->field.name()) continue;
    at_ = i;
    name_ = field.name.data();
    return field.value;
  }
  return record.get(plain_->field);
}

/// Returns what the fields make. If there are several, what stands between them tells their values
/// apart: none that passes has a slash, and none is empty.
std::string_view PathKey::made(const Record& record) {
  made_.clear();
  for (const Template::Piece& piece : path_.pattern().pieces()) {
    if (!single_) made_ += piece.literal;
    if (!piece.reads()) continue;
    const std::size_t before = made_.size();
    append_template_piece(made_, piece, record);
    if (made_.size() > before) continue;
    std::string path;
    path_.make(record, path);
    throw std::logic_error("a path can be made of a value that is missing");
  }
  return made_;
}

}  // namespace weir::stages::file
