#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "weir/record.h"

namespace weir {

namespace detail {

/// Runs one expression, for one call at a time. What the record does to the expression (text
/// compared with a number) is thrown as Error of kind "expression".
class Evaluator {
 public:
  virtual ~Evaluator() = default;
  /// The value; bytes live until the next evaluation or in the record's batch.
  virtual Value value(Record& record) = 0;
  /// Lua's truth: everything but nil and false.
  virtual bool test(Record& record) = 0;
};

class CompiledExpression {
 public:
  virtual ~CompiledExpression() = default;
  /// The top-level fields that it names, once each.
  virtual const std::vector<std::string>& fields() const = 0;
  virtual bool uses_text() const = 0;
  virtual std::unique_ptr<Evaluator> evaluator() const = 0;
};

/// A mistake in an expression's text.
struct ExpressionProblem {
  std::size_t offset = 0;  ///< Byte in the source text.
  std::string message;
  std::string hint;
};

/// The language of expressions, given by the runner.
class ExpressionLanguage {
 public:
  virtual ~ExpressionLanguage() = default;
  /// Null, and `problem` filled, if the text is not an expression.
  virtual std::shared_ptr<const CompiledExpression> compile(std::string_view text,
                                                            ExpressionProblem& problem) const = 0;
};

}  // namespace detail

/// An option that is an expression over the record (`status >= 400`), compiled when the file is
/// checked. A stage keeps one `evaluator()` in its scratch space.
class Expression {
 public:
  Expression() = default;
  Expression(std::string text, std::shared_ptr<const detail::CompiledExpression> compiled)
      : text_(std::move(text)), compiled_(std::move(compiled)) {}

  const std::string& text() const { return text_; }
  bool empty() const { return compiled_ == nullptr; }
  const std::vector<std::string>& fields() const { return compiled_->fields(); }
  bool uses_text() const { return compiled_->uses_text(); }
  std::unique_ptr<detail::Evaluator> evaluator() const { return compiled_->evaluator(); }

 private:
  std::string text_;
  std::shared_ptr<const detail::CompiledExpression> compiled_;
};

}  // namespace weir
