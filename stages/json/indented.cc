#include "stages/json/indented.h"

#include <algorithm>
#include <cstring>

#include "stages/json/scalar.h"
#include "weir/detail/json_text.h"

namespace weir::stages::json {

void IndentedJson::put(std::string_view bytes) {
  if (out_ && !bytes.empty()) std::memcpy(out_ + size_, bytes.data(), bytes.size());
  size_ += bytes.size();
}

void IndentedJson::begin_line() {
  put("\n");
  if (out_) std::memset(out_ + size_, ' ', indent_ * depth_);
  size_ += indent_ * depth_;
}

void IndentedJson::string(std::string_view text) {
  put("\"");
  char byte = '\0';
  detail::each_json_piece(
      text, [this](std::string_view piece) { put(piece); },
      [&](unsigned char broken) {
        ++invalid_;
        byte = static_cast<char>(broken);
        return keep_invalid_ ? std::string_view(&byte, 1) : std::string_view("\xef\xbf\xbd");
      });
  put("\"");
}

void IndentedJson::member(std::string_view name, const Value& value) {
  put(depth_ == 0 ? "{" : ",");
  depth_ = 1;
  begin_line();
  string(name);
  put(": ");
  char digits[detail::kJsonNumberSize];
  if (value.type() == ValueType::text) {
    string(value.as_text());
  } else if (value.type() == ValueType::json) {
    raw(value.as_text());
  } else {
    put(detail::json_of(value, digits));
  }
}

void IndentedJson::end() {
  if (depth_ == 0) return put("{}");
  depth_ = 0;
  begin_line();
  put("}");
}

/// Writes raw JSON token by token. What is no JSON after all is written as it is, apart from white
/// space.
void IndentedJson::raw(std::string_view json) {
  const std::size_t outside = depth_;
  for (std::size_t at = 0; at < json.size(); ++at) {
    const char c = json[at];
    if (is_json_space(c)) continue;
    std::size_t size = 1;
    if (c == '"') {
      while (at + size < json.size() && json[at + size] != '"') {
        size += json[at + size] == '\\' ? 2 : 1;
      }
      size = std::min(size + 1, json.size() - at);
    }
    const bool closes = c == '}' || c == ']';
    if (closes && depth_ > outside) {
      --depth_;
      begin_line();
    }
    put(json.substr(at, size));
    at += size - 1;
    if (c == '{' || c == '[') {
      std::size_t next = at + 1;
      while (next < json.size() && is_json_space(json[next])) ++next;
      if (next < json.size() && (json[next] == '}' || json[next] == ']')) {  // it is empty
        put(json.substr(next, 1));
        at = next;
      } else {
        ++depth_;
        begin_line();
      }
    } else if (c == ',') {
      begin_line();
    } else if (c == ':') {
      put(" ");
    }
  }
  depth_ = outside;
}

}  // namespace weir::stages::json
