#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "weir/expression.h"

namespace weir::fake {

/// Expressions with names, numbers, text in quotes, parentheses and binary operators: enough to
/// name fields and to be wrong at a byte. They are never run.
class Language final : public detail::ExpressionLanguage {
 public:
  std::shared_ptr<const detail::CompiledExpression> compile(
      const Node& scalar, detail::ExpressionProblem& problem) const override {
    Parser parser{scalar.text, problem};
    if (!parser.operand_chain() || !parser.at_end()) return nullptr;
    return std::make_shared<Compiled>(std::move(parser.fields), parser.uses_text);
  }

 private:
  class Compiled final : public detail::CompiledExpression {
   public:
    Compiled(std::vector<std::string> fields, bool uses_text)
        : fields_(std::move(fields)), uses_text_(uses_text) {}
    const std::vector<std::string>& fields() const override { return fields_; }
    bool uses_text() const override { return uses_text_; }
    const std::vector<std::string>& chances() const override { return chances_; }
    std::unique_ptr<detail::Evaluator> evaluator() const override { return nullptr; }

   private:
    std::vector<std::string> fields_;
    std::vector<std::string> chances_;
    bool uses_text_;
  };

  struct Parser {
    std::string_view text;
    detail::ExpressionProblem& problem;
    std::size_t at = 0;
    std::vector<std::string> fields{};
    bool uses_text = false;

    bool fail(std::string message, std::string hint = {}) {
      problem = {at, std::move(message), std::move(hint)};
      return false;
    }
    void skip() {
      while (at < text.size() && (text[at] == ' ' || text[at] == '\n')) ++at;
    }
    bool at_end() {
      skip();
      return at == text.size() || fail("unexpected '" + std::string(1, text[at]) + "'");
    }
    bool take(std::string_view token) {
      skip();
      if (text.substr(at, token.size()) != token) return false;
      at += token.size();
      return true;
    }
    bool operand_chain() {
      if (!operand()) return false;
      for (;;) {
        skip();
        if (text.substr(at, 2) == "!=") return fail("unexpected '!='", "'~=' means not equal");
        bool found = false;
        for (std::string_view op : {"==", "~=", "<=", ">=", "<", ">", "+", "and ", "or "}) {
          if ((found = take(op))) break;
        }
        if (!found) return true;
        if (!operand()) return false;
      }
    }
    bool operand() {
      skip();
      if (take("not ")) return operand();
      if (take("(")) return operand_chain() && (take(")") || fail("missing ')'"));
      if (at < text.size() && text[at] == '"') {
        const std::size_t end = text.find('"', at + 1);
        if (end == std::string_view::npos) return fail("unfinished text");
        at = end + 1;
        return true;
      }
      const std::size_t begin = at;
      while (at < text.size() && (std::isalnum(static_cast<unsigned char>(text[at])) ||
                                  text[at] == '_' || text[at] == '.')) {
        ++at;
      }
      if (begin == at) return fail("expected a value");
      name(text.substr(begin, at - begin));
      return true;
    }
    void name(std::string_view word) {
      if (std::isdigit(static_cast<unsigned char>(word.front()))) return;
      if (word == "true" || word == "false" || word == "nil") return;
      if (word == "record.text") {
        uses_text = true;
        return;
      }
      std::string field(word.substr(0, word.find('.')));
      if (std::find(fields.begin(), fields.end(), field) == fields.end()) fields.push_back(field);
    }
  };
};

}  // namespace weir::fake
