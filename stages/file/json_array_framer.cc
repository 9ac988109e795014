#include "stages/file/json_array_framer.h"

#include <algorithm>
#include <utility>

#include "stages/file/json_framer.h"
#include "stages/file/json_name.h"

namespace weir::stages::file {

void JsonArrayFramer::restart() {
  phase_ = front_;
  looked_at_ = 0;
}

void JsonArrayFramer::taken(const Cut& cut) {
  front_ = cut.kind == Cut::Kind::record ? static_cast<Phase>(cut.state) : phase_;
}

bool JsonArrayFramer::find(std::string_view bytes, Cut& cut, bool all) {
  for (;;) {
    switch (phase_) {
      case Phase::member:
      case Phase::long_name:
      case Phase::closing:
        return pass(bytes, cut, all);
      case Phase::element:
        return find_element(bytes, cut, all);
      case Phase::broken:
        return error(1, problem_, cut);
      case Phase::lost:
        return !bytes.empty() && nothing(bytes.size(), Phase::lost, cut);
      default:
        break;
    }
    if (const std::size_t blanks = blanks_of(bytes); blanks > 0) {
      return nothing(blanks, phase_, cut);
    }
    if (bytes.empty()) {
      if (!all || phase_ == Phase::behind) return false;
      return error(0,
                   "expected " + std::string(expected()) + ", got " +
                       (phase_ == Phase::value && level_ == 0 ? "nothing" : "the end"),
                   cut);
    }
    if (look(bytes, cut, all)) return true;
    if (phase_ != Phase::element && phase_ != Phase::member && phase_ != Phase::long_name) {
      return false;
    }
  }
}

/// Looks at the byte that is no blank at the front. Returns false if there is nothing to cut yet.
bool JsonArrayFramer::look(std::string_view bytes, Cut& cut, bool all) {
  const char first = bytes.front();
  switch (phase_) {
    case Phase::value:
      return enter(bytes, cut);
    case Phase::name:
      return look_at_name(bytes, cut, all);
    case Phase::colon:
      if (first != ':') return unexpected(expected(), bytes, cut);
      level_ += named_ ? 1 : 0;
      return nothing(1, named_ ? Phase::value : Phase::member_begin, cut);
    case Phase::member_begin:
      start_scan(Phase::member);
      return false;
    case Phase::member_end:
      if (first == ',') return nothing(1, Phase::name, cut);
      return first == '}' ? missing_array(cut) : unexpected(expected(), bytes, cut);
    case Phase::first:
      if (first == ']') return nothing(1, Phase::closing, cut);
      [[fallthrough]];
    case Phase::before:
      start_scan(Phase::element);
      return false;
    case Phase::separator:
      if (first == ',') return nothing(1, Phase::before, cut);
      if (first == ']') return nothing(1, Phase::closing, cut);
      return unexpected(expected(), bytes, cut);
    default:
      return unexpected("the end", bytes, cut);
  }
}

/// Goes into the value that the path names so far.
bool JsonArrayFramer::enter(std::string_view bytes, Cut& cut) {
  const bool array = level_ == path_.size();
  if (bytes.front() == (array ? '[' : '{')) {
    return nothing(1, array ? Phase::first : Phase::name, cut);
  }
  return level_ == 0 ? unexpected(expected(), bytes, cut) : missing_array(cut);
}

bool JsonArrayFramer::look_at_name(std::string_view bytes, Cut& cut, bool all) {
  if (bytes.front() == '}') return missing_array(cut);
  if (bytes.front() != '"') return unexpected("a name", bytes, cut);
  const std::string& wanted = path_[level_];
  const std::size_t end = end_of_name(bytes);
  if (end < bytes.size()) {
    named_ = is_name(bytes.substr(1, end - 1), wanted);
    return nothing(end + 1, Phase::colon, cut);
  }
  // Six bytes may stand for one.
  if (bytes.size() > 6 * wanted.size() + 2) {
    start_scan(Phase::long_name);
    return false;
  }
  return all && error(bytes.size(), "expected '\"', got the end", cut);
}

/// Passes what is no element, as far as it is there.
bool JsonArrayFramer::pass(std::string_view bytes, Cut& cut, bool all) {
  const Phase behind = phase_ == Phase::member      ? Phase::member_end
                       : phase_ == Phase::long_name ? Phase::colon
                                                    : Phase::behind;
  switch (scanner_.scan(bytes, looked_at_)) {
    case JsonScanner::Found::end:
      named_ = false;
      return nothing(looked_at_, behind, cut);
    case JsonScanner::Found::broken:
      // The error stands where the byte does that is wrong, whatever pieces were passed before it.
      problem_ = "expected " + std::string(scanner_.expected()) + ", got " + got(bytes, looked_at_);
      return looked_at_ > 0 ? nothing(looked_at_, Phase::broken, cut) : error(1, problem_, cut);
    case JsonScanner::Found::more:
      break;
  }
  if (looked_at_ > 0) return nothing(looked_at_, phase_, cut);
  if (!all) return false;
  const std::string_view missing = scanner_.scalar() ? "'}'" : scanner_.missing();
  return error(0, "expected " + std::string(missing) + ", got the end", cut);
}

bool JsonArrayFramer::find_element(std::string_view bytes, Cut& cut, bool all) {
  switch (scanner_.scan(bytes, looked_at_)) {
    case JsonScanner::Found::more:
      return all && error(bytes.size(), "expected ']', got the end", cut);
    case JsonScanner::Found::broken:
      return error(
          std::max<std::size_t>(looked_at_, 1),
          "expected " + std::string(scanner_.expected()) + ", got " + got(bytes, looked_at_), cut);
    case JsonScanner::Found::end:
      break;
  }
  const std::size_t size = std::exchange(looked_at_, 0);
  std::size_t next = size + blanks_of(bytes.substr(size));
  phase_ = Phase::separator;
  if (next < bytes.size() && bytes[next] == ',') {
    ++next;
    next += blanks_of(bytes.substr(next));
    phase_ = Phase::before;
  }
  cut = {size, next, Cut::Kind::record, static_cast<std::uint8_t>(phase_)};
  return true;
}

std::string_view JsonArrayFramer::expected() const {
  switch (phase_) {
    case Phase::value:
      return level_ == path_.size() ? "'['" : "'{'";
    case Phase::name:
      return "a name or '}'";
    case Phase::colon:
      return "':'";
    case Phase::member_begin:
      return "a value";
    case Phase::member_end:
      return "',' or '}'";
    case Phase::separator:
      return "',' or ']'";
    default:
      return "']'";
  }
}

bool JsonArrayFramer::unexpected(std::string_view expected, std::string_view bytes, Cut& cut) {
  return error(1, "expected " + std::string(expected) + ", got " + got(bytes, 0), cut);
}

bool JsonArrayFramer::error(std::size_t size, std::string problem, Cut& cut) {
  problem_ = std::move(problem);
  cut = {size, size, Cut::Kind::error};
  phase_ = Phase::lost;
  looked_at_ = 0;
  return true;
}

bool JsonArrayFramer::nothing(std::size_t size, Phase phase, Cut& cut) {
  cut = {0, size, Cut::Kind::nothing};
  if (phase == Phase::closing && phase_ != Phase::closing) {
    phase = path_.empty() ? Phase::behind : Phase::closing;
    scanner_.start_in_objects(static_cast<unsigned>(path_.size()));
  }
  phase_ = phase;
  looked_at_ = 0;
  return true;
}

void JsonArrayFramer::start_scan(Phase phase) {
  scanner_.start(false);
  phase_ = phase;
  looked_at_ = 0;
}

}  // namespace weir::stages::file
