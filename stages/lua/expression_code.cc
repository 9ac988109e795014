#include "stages/lua/expression_code.h"

#include <cctype>
#include <iterator>

#include "stages/lua/lexer.h"

namespace weir::stages::lua {
namespace {

class Writer {
 public:
  explicit Writer(const Tree& tree) : tree_(tree) {}
  std::string take() { return std::move(out_); }

  void write(const Node& node) {
    switch (node.op) {
      case Op::nil:
        out_ += "nil";
        break;
      case Op::yes:
        out_ += "true";
        break;
      case Op::no:
        out_ += "false";
        break;
      case Op::number:
      case Op::constant:
        out_ += node.text;
        break;
      case Op::text:
        out_ += '(' + quote_lua(node.text) + ')';
        break;
      case Op::input:
        out_ += name(node.input);
        break;
      case Op::either:
        chain(node, " or ");
        break;
      case Op::both:
        chain(node, " and ");
        break;
      case Op::concat:
        chain(node, " .. ");
        break;
      case Op::add:
        chain(node, " + ");
        break;
      case Op::subtract:
        chain(node, " - ");
        break;
      case Op::multiply:
        chain(node, " * ");
        break;
      case Op::divide:
        chain(node, " / ");
        break;
      case Op::modulo:
        chain(node, " % ");
        break;
      case Op::power:
        chain(node, " ^ ");
        break;
      case Op::negate:
        prefix("- ", node);
        break;
      case Op::invert:
        prefix("not ", node);
        break;
      case Op::length:
        out_ += "len(";
        write(node.kids[0]);
        out_ += ", " + shown(node.kids[0]) + ')';
        break;
      case Op::table:
        out_ += "list(";
        list('{', node, 0, '}');
        out_ += ", " + std::to_string(node.kids.size()) + ')';
        break;
      case Op::object:
        object(node);
        break;
      default:
        compound(node);
        break;
    }
  }

 private:
  static std::string name(std::size_t input) { return "f" + std::to_string(input + 1); }

  void compound(const Node& node) {
    switch (node.op) {
      case Op::equal:
        equality(node, "");
        break;
      case Op::unequal:
        equality(node, "not ");
        break;
      case Op::less:
        compare("lt", node.kids[0], node.kids[1]);
        break;
      case Op::at_most:
        compare("le", node.kids[0], node.kids[1]);
        break;
      case Op::greater:
        compare("lt", node.kids[1], node.kids[0]);
        break;
      case Op::at_least:
        compare("le", node.kids[1], node.kids[0]);
        break;
      case Op::call:
        call(node);
        break;
      case Op::method:
        write(node.kids[0]);
        out_ += ':' + node.text;
        list('(', node, 1, ')');
        break;
      case Op::index:
        out_ += '(';
        write(node.kids[0]);
        out_ += ")[";
        write(node.kids[1]);
        out_ += ']';
        break;
      default:
        break;
    }
  }

  void call(const Node& node) {
    if (node.text == "coalesce") return first_of(node, 0);
    if (node.text == "time") return time(node);
    out_ += node.text;
    const bool ours = node.text.find('.') == std::string::npos;
    list('(', node, 0, ')', ours);
  }

  /// Writes the call with three arguments, and the name of what is read.
  void time(const Node& node) {
    out_ += "time(";
    for (std::size_t i = 0; i < 3; ++i) {
      if (i < node.kids.size()) {
        single(node.kids[i]);
      } else {
        out_ += "nil";
      }
      out_ += ", ";
    }
    out_ += shown(node.kids[0]) + ')';
  }

  /// Writes coalesce(a, b, c) as first_of(a, first_of(b, c)).
  void first_of(const Node& node, std::size_t from) {
    const bool last = from + 1 == node.kids.size();
    out_ += last ? "(" : "first_of(";
    single(node.kids[from]);
    if (!last) {
      out_ += ", ";
      first_of(node, from + 1);
    }
    out_ += ')';
  }

  void object(const Node& node) {
    out_ += '{';
    for (std::size_t i = 0; i < node.kids.size(); i += 2) {
      if (i > 0) out_ += ", ";
      if (node.kids[i].op != Op::nil) {
        out_ += '[';
        single(node.kids[i]);
        out_ += "] = ";
      }
      single(node.kids[i + 1]);
    }
    out_ += '}';
  }

  /// Writes one value, also of a function of Lua's that gives several.
  void single(const Node& node) {
    const bool several = node.op == Op::call || node.op == Op::method;
    if (several) out_ += '(';
    write(node);
    if (several) out_ += ')';
  }

  void chain(const Node& node, const char* between) {
    out_ += '(';
    for (const Node& kid : node.kids) {
      if (&kid != &node.kids.front()) out_ += between;
      write(kid);
    }
    out_ += ')';
  }

  void prefix(const char* symbol, const Node& node) {
    out_ += '(';
    out_ += symbol;
    write(node.kids[0]);
    out_ += ')';
  }

  void list(char open, const Node& node, std::size_t from, char close, bool singles = false) {
    out_ += open;
    for (std::size_t i = from; i < node.kids.size(); ++i) {
      if (i > from) out_ += ", ";
      if (singles) {
        single(node.kids[i]);
      } else {
        write(node.kids[i]);
      }
    }
    out_ += close;
  }

  static bool is_plain_constant(const Node& node) {
    return node.op == Op::nil || node.op == Op::yes || node.op == Op::no;
  }

  void equality(const Node& node, const char* before) {
    const Node& left = node.kids[0];
    const Node& right = node.kids[1];
    out_ += '(';
    out_ += before;
    if (is_plain_constant(left) || is_plain_constant(right)) {
      out_ += '(';
      write(left);
      out_ += " == ";
      write(right);
      out_ += ')';
    } else {
      compare("eq", left, right);
    }
    out_ += ')';
  }

  /// Writes the call of a helper, which also gets the names of its operands.
  void compare(const char* helper, const Node& left, const Node& right) {
    out_ += helper;
    out_ += '(';
    write(left);
    out_ += ", ";
    write(right);
    out_ += ", " + shown(left) + ", " + shown(right) + ')';
  }

  std::string shown(const Node& node) const {
    return node.op == Op::input ? quote_lua(tree_.inputs[node.input].shown) : "nil";
  }

  const Tree& tree_;
  std::string out_;
};

}  // namespace

std::string to_lua(const Tree& tree) {
  std::string out = "local ";
  for (const Helper& helper : kHelpers) {
    if (&helper != std::begin(kHelpers)) out += ", ";
    out += helper.local;
  }
  out += " = ...\nreturn function(";
  for (std::size_t i = 0; i < tree.inputs.size(); ++i) {
    out += (i > 0 ? ", f" : "f") + std::to_string(i + 1);
  }
  Writer writer(tree);
  writer.write(tree.root);
  return out + ") return (" + writer.take() + ") end";
}

std::string clean_message(std::string_view message, const Tree& tree) {
  // "expression:2: attempt to perform arithmetic on local 'f1' (a nil value)"
  const std::size_t colon = message.find(':');
  std::size_t digits = colon == std::string_view::npos ? message.size() : colon + 1;
  while (digits < message.size() && std::isdigit(static_cast<unsigned char>(message[digits]))) {
    ++digits;
  }
  if (digits > colon + 1 && message.substr(digits).starts_with(": ")) {
    message.remove_prefix(digits + 2);
  }
  std::string out(message);
  for (std::size_t i = tree.inputs.size(); i-- > 0;) {
    const std::string local = "local 'f" + std::to_string(i + 1) + "'";
    const std::size_t at = out.find(local);
    if (at != std::string::npos) out.replace(at, local.size(), tree.inputs[i].shown);
  }
  return out;
}

}  // namespace weir::stages::lua
