// TextPool: holds once what many long URLs have in common. Azure signs the URLs of its operations, and the
// certificate in them, some KB, is the same in all. Loop thread only.
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

// A text of which one part may be held for others, too. Plain value; it may outlive its pool.
class PooledText {
 public:
  PooledText() = default;
  // The whole text.
  std::string text() const { return common_ ? before_ + *common_ + after_ : before_ + after_; }
  bool empty() const { return before_.empty() && !common_ && after_.empty(); }
  void clear() { *this = PooledText(); }

 private:
  friend class TextPool;
  std::string before_;
  std::shared_ptr<const std::string> common_;  // null: all is in `before_`
  std::string after_;
};

class TextPool {
 public:
  static constexpr std::size_t kShortest = 1024;  // bytes
  static constexpr std::size_t kMost = 16;        // parts; where all differ, there is nothing to gain

  // Cuts `text` at its '&'. The longest part is held in common, if it has at least kShortest bytes and not
  // kMost others are held.
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
