// Secret: a string that does not print, compare or copy by accident and is wiped when it goes.
// Used for passwords, keys and tokens. Plain value; any thread.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace dev8agent {

class Secret {
 public:
  Secret() = default;
  // Takes the bytes of `text` and wipes `text`.
  explicit Secret(std::string&& text);
  explicit Secret(std::string_view text);
  Secret(Secret&& other) noexcept;
  Secret& operator=(Secret&& other) noexcept;
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;
  ~Secret();

  // The bytes, valid while this object lives. Pass them on only to where they must go.
  std::string_view reveal() const;
  bool empty() const { return size_ == 0; }
  std::size_t size() const { return size_; }

  // A second copy, made on purpose.
  Secret copy() const;
  // Equality in time that depends on the lengths alone.
  bool same_as(std::string_view other) const;

 private:
  std::unique_ptr<char[]> bytes_;
  std::size_t size_ = 0;
};

}  // namespace dev8agent
