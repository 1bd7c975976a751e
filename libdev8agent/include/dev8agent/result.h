// Result<T>: a value or an Error. Used wherever something can fail; nothing throws across the public API.
#pragma once

#include <cassert>
#include <utility>
#include <variant>

#include "dev8agent/error.h"

namespace dev8agent {

// Holds a T (ok()) or an Error. Reading the wrong one is a programming error and asserts.
template <class T>
class [[nodiscard]] Result {
 public:
  using value_type = T;

  Result(T value) : content_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : content_(std::in_place_index<1>, std::move(error)) {}

  bool ok() const { return content_.index() == 0; }
  explicit operator bool() const { return ok(); }

  T& value() & { return get<0>(); }
  const T& value() const& { return get<0>(); }
  T&& value() && { return std::move(get<0>()); }
  T& operator*() & { return get<0>(); }
  const T& operator*() const& { return get<0>(); }
  T* operator->() { return &get<0>(); }
  const T* operator->() const { return &get<0>(); }

  const Error& error() const& { return get<1>(); }
  Error& error() & { return get<1>(); }
  Error&& error() && { return std::move(get<1>()); }

 private:
  template <std::size_t I>
  auto& get() {
    assert(content_.index() == I);
    return *std::get_if<I>(&content_);
  }
  template <std::size_t I>
  const auto& get() const {
    assert(content_.index() == I);
    return *std::get_if<I>(&content_);
  }
  std::variant<T, Error> content_;
};

// The value of an operation that yields nothing but success.
struct Done {};
using Status = Result<Done>;

}  // namespace dev8agent
