#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "weir/record.h"

namespace re2 {
class RE2;
}

namespace weir {

/// Compiles the option `pattern`; a mistake in it is thrown as OptionError, with its place.
std::unique_ptr<re2::RE2> compile_pattern(const std::string& pattern);

/// What a pattern is matched with: the record's text, or a field as text; false if it is null.
/// Bytes made for it live in the batch.
bool subject_of(Record& record, const Field& field, std::string_view& subject);

}  // namespace weir
