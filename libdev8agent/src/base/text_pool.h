// TextPool: holds once what many long URLs have in common: where they begin, and, as Azure signs the URLs of
// its operations, a certificate of some KB. Loop thread only.
//
//   PooledText url = pool.add("https://management.azure.com/...&c=MIIH...&s=...");
//   get(url.text());
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace dev8agent::internal {

// A text of which some parts may be held for others, too. Plain value; it may outlive its pool.
class PooledText {
 public:
  PooledText() = default;
  // The whole text.
  std::string text() const {
    return (place_ ? *place_ : "") + own_.substr(0, split_) + (common_ ? *common_ : "") + own_.substr(split_);
  }
  bool empty() const { return !place_ && !common_ && own_.empty(); }
  void clear() { *this = PooledText(); }

 private:
  friend class TextPool;
  std::shared_ptr<const std::string> place_;   // up to the last '/' before a '?'; null: it is in `own_`
  std::shared_ptr<const std::string> common_;  // null: it is in `own_`
  std::string own_;                            // all else
  std::size_t split_ = 0;                      // where `common_` stands in it
};

class TextPool {
 public:
  static constexpr std::size_t kShortest = 1024;     // bytes of a part between two '&'
  static constexpr std::size_t kShortestPlace = 64;  // bytes up to the last '/'
  static constexpr std::size_t kMost = 16;           // parts; where all differ, there is nothing to gain

  // What is held in common: the text up to its last '/', and the longest part between two '&' behind it. Each
  // if it is not too short, and not kMost others are held.
  PooledText add(std::string_view text);
  // How many parts are held: those that some text needs.
  std::size_t size();

 private:
  // Null when there are too many.
  std::shared_ptr<const std::string> share(std::string_view part);
  void drop_unused();

  std::map<std::string, std::weak_ptr<const std::string>, std::less<>> parts_;
};

}  // namespace dev8agent::internal
