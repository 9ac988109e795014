#pragma once

#include <string>
#include <utility>
#include <vector>

#include "tests/kit/desk.h"

namespace weir::kit {

/// A feed that puts records into a HeapOutput, about `cut` at a time.
class KitFeed final : public Feed {
 public:
  KitFeed(HeapOutput& output, HeapArena& arena, KitHost& host, std::size_t cut, std::size_t limit)
      : output_(output), host_ref_(host) {
    arena_ = &arena;
    host_ = &host;
    want_records_ = static_cast<std::uint32_t>(cut);
    want_bytes_ = cut < 1000 ? cut * 64 : 64 * 1024;
    record_limit_ = limit;
    part_ = host.parts.empty() ? 0 : static_cast<std::uint32_t>(host.parts.size() - 1);
  }
  std::uint32_t begin_part(Part part) override {
    host_ref_.parts.push_back(std::move(part));
    return part_ = static_cast<std::uint32_t>(host_ref_.parts.size() - 1);
  }
  void hand_out(const Split& given) override { split = given; }
  Split split;

 private:
  void make_room() override {
    appended_ += static_cast<std::uint32_t>(next_ - first_);
    first_ = next_ = &output_.push();
    end_ = first_ + 1;
  }
  void reject_size(Record& record, std::size_t) override {
    record.fail("too_big", "the record passes limits.record");
  }
  HeapOutput& output_;
  KitHost& host_ref_;
};

/// A binder that collects mistakes and the names of fields.
class KitBinder final : public Binder {
 public:
  void error(const Node&, std::string message, std::string hint, std::size_t) override {
    problems += message + (hint.empty() ? "" : " [" + hint + "]") + "\n";
  }
  std::string nearest(std::string_view, const std::vector<std::string>&) const override {
    return {};
  }
  const detail::ExpressionLanguage& expressions() const override {
    return stages::expression_language();
  }
  const detail::TimeLanguage& times() const override { return stages::time_language(); }
  void names_field(const Node&, std::string_view field) override { fields.emplace_back(field); }
  void names_text(const Node&) override {}
  std::string problems;
  std::vector<std::string> fields;
};

}  // namespace weir::kit
