// SucceededCreates: the ownership tokens of the latest creates of this process that have succeeded. None of
// them rolls back any more, so nobody needs to take its token from the share. Owned by Flows; loop thread
// only.
#pragma once

#include <cstddef>
#include <deque>
#include <set>
#include <string>

namespace dev8agent::internal {

class SucceededCreates {
 public:
  static constexpr std::size_t kMost = 1024;  // of more, the oldest is forgotten

  // A token that is there already keeps its place.
  void note(const std::string& token) {
    const auto [place, is_new] = tokens_.insert(token);
    if (is_new) order_.push_back(place);
    if (order_.size() <= kMost) return;
    tokens_.erase(order_.front());
    order_.pop_front();
  }
  // False, too, of what was forgotten and of another process's.
  bool contains(const std::string& token) const { return tokens_.contains(token); }

 private:
  std::set<std::string> tokens_;
  std::deque<std::set<std::string>::iterator> order_;  // oldest first
};

}  // namespace dev8agent::internal
