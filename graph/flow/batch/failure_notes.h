#pragma once

#include <string>
#include <vector>

#include "graph/flow/context/record_failure.h"

namespace weir::flow {

/// The number of kinds by which errors of one stage or batch are told apart. Further ones are
/// "other".
constexpr std::size_t kMostKinds = 256;

/// A failure as it is counted, without its texts.
struct FailureNote {
  StageId stage;
  std::uint16_t kind = 0;  ///< For FailureNotes::kind_of.
  bool kept = false;
  bool sampled = false;
  OriginPlace place;
};

/// The failures of a batch until they are booked. All are counted by stage and kind, and the first
/// ones keep their message and excerpt. One thread at a time.
class FailureNotes {
 public:
  /// The number of failures that keep their texts, unless all do.
  static constexpr std::size_t kSamples = 16;

  void keep_all_samples() { all_samples_ = true; }

  /// Notes a failure. If `full`, it has its texts and is a sample.
  void add(RecordFailure failure, bool full);
  /// Forgets all failures but the first `count`.
  void take_back(std::size_t count);
  void clear();

  bool wants_samples() const { return all_samples_ || samples_.size() < kSamples; }
  bool empty() const { return notes_.empty(); }
  std::size_t size() const { return notes_.size(); }
  const std::vector<FailureNote>& all() const { return notes_; }
  const std::string& kind_of(const FailureNote& note) const { return kinds_[note.kind]; }
  const std::vector<RecordFailure>& samples() const { return samples_; }

 private:
  std::vector<FailureNote> notes_;
  std::vector<std::string> kinds_;
  std::vector<RecordFailure> samples_;
  bool all_samples_ = false;
};

}  // namespace weir::flow
