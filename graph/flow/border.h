#pragma once

#include <map>
#include <optional>
#include <span>
#include <vector>

#include "graph/flow/exit.h"
#include "graph/flow/reorder_buffer.h"

namespace weir {

/// The end of a region whose records go on to others: copies each into the reorder buffers that
/// read its port (several: a tee), and dead letters into those that they are addressed to. Each
/// origin that leaves gets a ticket, by which its outcome is found in the end.
class Border final : public Exit {
 public:
  /// Where records come in.
  struct Entry {
    ReorderBuffer* buffer = nullptr;
    std::size_t inlet = 0;
  };
  /// `ports`: by the number of the port. `letters`: by the stage that they name.
  /// `tells`: merges below need to know how far the region is. `fork`: how many forks are above
  /// this one; none if it is no fork.
  Border(std::vector<std::vector<Entry>> ports, std::map<int, Entry> letters, bool tells,
         std::optional<std::size_t> fork)
      : ports_(std::move(ports)), letters_(std::move(letters)), tells_(tells), fork_(fork) {}

  std::size_t take(Token& token, Workspace& work, std::span<detail::RecordData> records) override;
  std::size_t take_letters(Token& token, std::span<detail::RecordData> letters) override;

  /// All below `rank` has left.
  void advance(const Rank& rank);
  /// What was on its way out is through, whether or not it came where there was room for it.
  void done();
  /// Nothing more leaves.
  void close();

 private:
  /// Of the records that came last and have one origin, and one way to here.
  struct Siblings {
    Rank of;
    std::uint32_t count = 0;
  };

  bool hand_on(Token& token, detail::RecordData& record);
  bool give(Token& token, detail::RecordData& record, const Entry& to, std::size_t stage);
  void number(Token& token, const detail::RecordData& record, Siblings& siblings);
  void handed_on();
  template <class Do>
  void each_entry(Do todo);
  void flush();
  Ticket** ticket_place(Token& token, std::uint32_t root);

  const std::vector<std::vector<Entry>> ports_;
  const std::map<int, Entry> letters_;
  const bool tells_;
  const std::optional<std::size_t> fork_;

  // Letters count by themselves: when they leave depends on where batches begin and end.
  Siblings siblings_;
  Siblings letter_siblings_;

  // Of the record that is handed on now, or waits for room.
  bool begun_ = false;
  std::size_t reader_ = 0;  ///< The next of its readers to get it.
  Rank rank_;
  Ticket* made_ = nullptr;  ///< Its ticket, if a stage made it by itself.
};

}  // namespace weir
