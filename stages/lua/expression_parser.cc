#include "stages/lua/expression_parser.h"

#include <algorithm>
#include <array>
#include <utility>

#include "stages/lua/functions.h"
#include "weir/in_quotes.h"

namespace weir::stages::lua {
namespace {

// Lua's own limit of nesting is 200 levels, and one level here may be two of Lua's.
constexpr int kMaxDepth = 90;

/// A binary operator, and how tightly it binds its left and right side. If it is right-associative,
/// the right one is the smaller.
struct Operator {
  std::string_view symbol;
  Op op;
  int left;
  int right;
};
constexpr int kUnary = 8;
constexpr std::array<Operator, 15> kOperators = {{
    {"or", Op::either, 1, 1},
    {"and", Op::both, 2, 2},
    {"<", Op::less, 3, 3},
    {">", Op::greater, 3, 3},
    {"<=", Op::at_most, 3, 3},
    {">=", Op::at_least, 3, 3},
    {"~=", Op::unequal, 3, 3},
    {"==", Op::equal, 3, 3},
    {"..", Op::concat, 5, 4},
    {"+", Op::add, 6, 6},
    {"-", Op::subtract, 6, 6},
    {"*", Op::multiply, 7, 7},
    {"/", Op::divide, 7, 7},
    {"%", Op::modulo, 7, 7},
    {"^", Op::power, 10, 9},
}};

const Operator* operator_of(const Token& token) {
  for (const Operator& candidate : kOperators) {
    if (token.is(candidate.symbol)) return &candidate;
  }
  return nullptr;
}

bool is_ordering(Op op) {
  return op == Op::less || op == Op::at_most || op == Op::greater || op == Op::at_least;
}

/// Counts the depth of the recursion, so that deep nesting is rejected before the stack overflows.
class Level {
 public:
  explicit Level(int& depth) : depth_(depth) { ++depth_; }
  ~Level() { --depth_; }
  Level(const Level&) = delete;
  Level& operator=(const Level&) = delete;

 private:
  int& depth_;
};

}  // namespace

ExpressionParser::ExpressionParser(std::string_view source) : lexer_(source) {}

bool ExpressionParser::parse(Tree& tree, detail::ExpressionProblem& problem) {
  tree_ = &tree;
  try {
    advance();
    if (token_.kind == TokenKind::end) fail(0, "expected an expression, got nothing");
    tree.root = expression(0);
    if (token_.is("=")) fail(token_.offset, "unknown operator '='", "did you mean '=='?");
    if (token_.kind != TokenKind::end) fail(token_.offset, "expected an operator, got " + shown());
    return true;
  } catch (const detail::ExpressionProblem& found) {
    problem = found;
    return false;
  }
}

Node ExpressionParser::expression(int above) {
  const Level level(depth_);
  if (depth_ > kMaxDepth) fail(token_.offset, "the expression nests too deep");
  Node left = unary();
  for (;;) {
    const Operator* found = operator_of(token_);
    if (!found || found->left <= above) return left;
    const std::size_t offset = token_.offset;
    if (is_ordering(found->op) && is_ordering(left.op) && !left.grouped) {
      fail(offset, "a comparison of a comparison", "write 'a < b and b < c'");
    }
    advance();
    left = join(found->op, std::move(left), expression(found->right), offset);
  }
}

Node ExpressionParser::join(Op op, Node left, Node right, std::size_t offset) {
  // A chain of these becomes one node with many kids, so that a long one does not nest.
  const bool many = op == Op::either || op == Op::both || op == Op::concat;
  if (many && left.op == op && !left.grouped) {
    left.depth = std::max(left.depth, right.depth + 1);
    left.kids.push_back(std::move(right));
    return left;
  }
  if (many && right.op == op && !right.grouped) {
    right.depth = std::max(right.depth, left.depth + 1);
    right.kids.insert(right.kids.begin(), std::move(left));
    return right;
  }
  Node node;
  node.op = op;
  node.offset = offset;
  node.depth = std::max(left.depth, right.depth) + 1;
  if (node.depth > kMaxDepth) fail(offset, "the expression nests too deep");
  node.kids.push_back(std::move(left));
  node.kids.push_back(std::move(right));
  return node;
}

Node ExpressionParser::unary() {
  const Op op = token_.is("not") ? Op::invert
                : token_.is("-") ? Op::negate
                : token_.is("#") ? Op::length
                                 : Op::nil;
  if (op == Op::nil) return primary();
  Node node;
  node.op = op;
  node.offset = token_.offset;
  advance();
  node.kids.push_back(expression(kUnary));
  node.depth = node.kids[0].depth + 1;
  return node;
}

Node ExpressionParser::primary() {
  switch (token_.kind) {
    case TokenKind::number:
      return leaf(Op::number);
    case TokenKind::text:
      return suffixed(leaf(Op::text));
    case TokenKind::name:
      return suffixed(named());
    default:
      break;
  }
  if (token_.is("nil")) return leaf(Op::nil);
  if (token_.is("true")) return leaf(Op::yes);
  if (token_.is("false")) return leaf(Op::no);
  if (token_.is("(")) return suffixed(group());
  if (token_.is("{")) return table();
  if (token_.kind == TokenKind::keyword && !operator_of(token_)) {
    fail(token_.offset, "expected a value, got " + shown(),
         "a field of that name is fields[\"" + std::string(token_.source) + "\"]");
  }
  fail(token_.offset, "expected a value, got " + shown());
}

Node ExpressionParser::group() {
  expect("(");
  Node node = expression(0);
  node.grouped = true;
  expect(")");
  return node;
}

/// Reads a list `{1, 2}`, or an object `{name = 1, ["other name"] = 2}`, which may also have
/// elements of a list.
Node ExpressionParser::table() {
  Node node = leaf(Op::object);
  bool named = false;
  while (!token_.is("}")) {
    Node key;
    if (token_.is("[")) {
      advance();
      key = expression(0);
      expect("]");
      expect("=");
    } else if (token_.kind == TokenKind::name && next_is("=")) {
      key.op = Op::text;
      key.text = token_.source;
      advance();
      expect("=");
    }
    named = named || key.op != Op::nil;
    Node value = expression(0);
    node.depth = std::max({node.depth, key.depth + 1, value.depth + 1});
    node.kids.push_back(std::move(key));
    node.kids.push_back(std::move(value));
    if (!take(",") && !take(";")) break;
  }
  expect("}");
  if (named || node.kids.empty()) return node;
  node.op = Op::table;  // Elements alone.
  std::size_t kept = 0;
  for (std::size_t i = 1; i < node.kids.size(); i += 2) {
    node.kids[kept++] = std::move(node.kids[i]);
  }
  node.kids.resize(kept);
  return node;
}

bool ExpressionParser::next_is(std::string_view symbol) const {
  Lexer ahead = lexer_;
  return ahead.next().is(symbol);
}

/// Reads calls of methods, and elements of what a function returned.
Node ExpressionParser::suffixed(Node node) {
  for (;;) {
    if (token_.is(":")) {
      node = method(std::move(node));
    } else if (token_.is("[")) {
      Node element;
      element.op = Op::index;
      element.offset = token_.offset;
      advance();
      element.depth = node.depth + 1;
      element.kids.push_back(std::move(node));
      element.kids.push_back(expression(0));
      element.depth = std::max(element.depth, element.kids[1].depth + 1);
      expect("]");
      node = std::move(element);
    } else {
      return node;
    }
    if (node.depth > kMaxDepth) fail(node.offset, "the expression nests too deep");
  }
}

Node ExpressionParser::leaf(Op op) {
  Node node;
  node.op = op;
  node.offset = token_.offset;
  node.text = op == Op::text ? token_.value : std::string(token_.source);
  advance();
  return node;
}

void ExpressionParser::advance() {
  token_ = lexer_.next();
  if (token_.kind == TokenKind::mistake) fail(token_.offset, token_.value, token_.hint);
}

bool ExpressionParser::take(std::string_view symbol) {
  if (!token_.is(symbol)) return false;
  advance();
  return true;
}

void ExpressionParser::expect(std::string_view symbol) {
  if (take(symbol)) return;
  const bool assigned = token_.is("=");
  fail(token_.offset, "expected '" + std::string(symbol) + "', got " + shown(),
       assigned ? "did you mean '=='?" : "");
}

std::string ExpressionParser::shown() const {
  return token_.kind == TokenKind::end ? "the end" : in_quotes(token_.source);
}

void ExpressionParser::fail(std::size_t offset, std::string message, std::string hint) const {
  throw detail::ExpressionProblem{offset, std::move(message), std::move(hint)};
}

}  // namespace weir::stages::lua
