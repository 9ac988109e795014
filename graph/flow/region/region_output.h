#pragma once

#include <map>
#include <optional>
#include <span>
#include <vector>

#include "graph/flow/input/region_input.h"
#include "graph/flow/stage/exit.h"

namespace weir::flow {

/// The end of a region whose records go on to others. It copies each record into the inputs that
/// read its port (several: a tee), and each dead letter into the one that it is addressed to. Each
/// origin that leaves gets an OriginRef, by which its outcome is booked in the end.
class RegionOutput final : public Exit {
 public:
  /// A queue of a region's input, where records come in.
  struct Entry {
    RegionInput* input = nullptr;
    std::size_t index = 0;  ///< Index of the queue in the input.
  };
  /// `ports` is by the number of the port, `letters` by the stage that they name. `tells`: merges
  /// below need to know how far the region is. `fork` is the number of forks above this one; none
  /// if it is no fork.
  RegionOutput(std::vector<std::vector<Entry>> ports, std::map<StageId, Entry> letters, bool tells,
               std::optional<std::size_t> fork)
      : ports_(std::move(ports)), letters_(std::move(letters)), tells_(tells), fork_(fork) {}

  /// Adds `merge`, a merge somewhere below that prefers inputs, and is to be told when the region
  /// comes to rest. Call it before anything leaves, in the order in which the merges are to be
  /// told.
  void tell(RegionInput& merge) { merges_.push_back(&merge); }

  std::size_t take(Token& token, Workspace& work, std::span<detail::RecordData> records) override;
  std::size_t take_letters(Token& token, std::span<detail::RecordData> letters) override;

  /// Reports that all below `rank` has left.
  void advance(const MergeRank& rank);
  /// Reports that a batch has left, whether or not it brought a record to each reader.
  void done();
  /// Reports that the region has nothing to do now.
  void quiet();
  /// Returns whether what leaves waits for room.
  bool blocked() const { return blocked_.load(); }
  /// Notes that there is room again, and that what waits is about to come.
  void unblock() { blocked_.store(false); }
  /// Reports that nothing more leaves.
  void close();

 private:
  /// The merge rank of the record, or letter, that left last, and the number of the next with it.
  struct Siblings {
    std::int32_t first = 0;
    MergeRank of{};
    std::int32_t next = first;
  };

  bool hand_on(Token& token, detail::RecordData& record);
  bool give(Token& token, detail::RecordData& record, const Entry& to, StageId stage);
  void number(Token& token, const detail::RecordData& record, Siblings& siblings);
  void handed_on();
  template <class Do>
  void each_entry(Do todo) const;
  void choose_again() const;
  void flush();
  void block(const MergeRank& records);
  MergeRank next_record_at(MergeRank letter) const;
  OriginRef** ref_of(Token& token, std::uint32_t root);

  const std::vector<std::vector<Entry>> ports_;
  const std::map<StageId, Entry> letters_;
  const bool tells_;
  const std::optional<std::size_t> fork_;

  std::vector<RegionInput*> merges_;
  std::atomic<bool> blocked_{false};
  const Entry* full_ = nullptr;  ///< The reader that had no room.

  // Letters are counted separately, because when they leave depends on where batches begin and end.
  Siblings siblings_;
  Siblings letter_siblings_{kFirstLetter};

  // The record that is handed on now, or waits for room.
  bool begun_ = false;
  std::size_t reader_ = 0;  ///< The next of its readers to get it.
  MergeRank rank_;
  OriginRef* made_ = nullptr;  ///< Its reference, if a stage made it by itself.
};

}  // namespace weir::flow
