#include "runtime/report/record_text.h"

#include "runtime/terminal/figures.h"
#include "weir/options.h"

namespace weir::cli {
namespace {

/// The most columns of a record; more do not fit beside another one on any screen.
constexpr std::size_t kMostColumns = 4000;

}  // namespace

std::string value_text(const Value& value) {
  switch (value.type()) {
    case ValueType::null:
      return "null";
    case ValueType::boolean:
      return value.as_bool() ? "true" : "false";
    case ValueType::integer:
      return std::to_string(value.as_integer());
    case ValueType::real:
      return value.has_bytes() ? std::string(value.as_text())
                               : OptionType<double>::show(value.as_real());
    case ValueType::text:
    case ValueType::json:
      return std::string(value.as_text());
  }
  return {};
}

std::string record_text(const Record& record, bool fields) {
  if (!fields || record.field_count() == 0) return one_line(record.text(), kMostColumns);
  std::string text;
  for (std::uint32_t i = 0; i < record.field_count() && text.size() < kMostColumns; ++i) {
    const auto [name, value] = record.field(i);
    text += (text.empty() ? "" : "  ") + std::string(name) + "=" + value_text(value);
  }
  return one_line(text, kMostColumns);
}

}  // namespace weir::cli
