// Rare<T>: a std::optional<T> for a large T that is seldom there. The value is on the heap, so that an object
// that waits for minutes, in thousands, does not hold the place for it. Plain value; any thread, one at a
// time.
#pragma once

#include <memory>
#include <optional>
#include <utility>

namespace dev8agent::internal {

template <class T>
class Rare {
 public:
  Rare() = default;
  // Both are implicit, as those of std::optional.
  Rare(std::nullopt_t) {}
  Rare(T value) : value_(std::make_unique<T>(std::move(value))) {}
  Rare(const Rare& other) : value_(other.value_ ? std::make_unique<T>(*other.value_) : nullptr) {}
  Rare(Rare&&) noexcept = default;
  Rare& operator=(const Rare& other) { return *this = Rare(other); }
  Rare& operator=(Rare&&) noexcept = default;
  ~Rare() = default;

  bool has_value() const { return value_ != nullptr; }
  explicit operator bool() const { return has_value(); }
  // The value; there must be one.
  T& operator*() { return *value_; }
  const T& operator*() const { return *value_; }
  T* operator->() { return value_.get(); }
  const T* operator->() const { return value_.get(); }
  void reset() { value_.reset(); }

 private:
  std::unique_ptr<T> value_;
};

}  // namespace dev8agent::internal
