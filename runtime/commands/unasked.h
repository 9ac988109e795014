#pragma once

#include <memory>
#include <utility>

#include "weir/registry.h"

namespace weir::cli {

/// The kind of the errors with which the stand-ins end records; the message is the question that
/// the stage would ask.
inline constexpr std::string_view kUnasked = "unasked";

/// Stands in for a stage that asks something outside of the run, which is neither opened nor
/// called: each record ends with the question that the stage would ask about it.
class UnaskedTransform final : public Transform {
 public:
  UnaskedTransform(const TypeSpec& type, std::shared_ptr<Stage> stage)
      : type_(type), stage_(std::move(stage)) {}

  void process(Record& record, Call&) const override {
    record.fail(kUnasked, type_.asks(*stage_, record), false);
  }

 private:
  const TypeSpec& type_;
  const std::shared_ptr<Stage> stage_;
};

/// The same stand-in for a stage that answers later.
class UnaskedAsync final : public AsyncTransform {
 public:
  UnaskedAsync(const TypeSpec& type, std::shared_ptr<Stage> stage)
      : type_(type), stage_(std::move(stage)) {}

  void start(Completion completion) override {
    completion.done(
        [&](Record& record, Call&) { record.fail(kUnasked, type_.asks(*stage_, record), false); });
  }

 private:
  const TypeSpec& type_;
  const std::shared_ptr<Stage> stage_;
};

}  // namespace weir::cli
