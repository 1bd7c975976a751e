// Result<T>: a value or an Error. Every public function that can fail returns one; nothing throws across the
// public API, except when memory runs out. Plain value; any thread, one at a time.
//
//   dev8agent::Result<dev8agent::AgentOptions> options = dev8agent::options_from_environment();
//   if (!options.ok()) return fail(options.error().message);  // error() only when !ok()
//   options->default_region = "westeurope";                   // the value only when ok()
//   use(std::move(*options));                                 // moves the value out
//
// A function of your own passes errors on as they are:
//
//   dev8agent::Result<std::string> web_url(const dev8agent::Result<dev8agent::Environment>& shown) {
//     if (!shown.ok()) return shown.error();
//     return shown->connection_urls.vscode_web_url;
//   }
#pragma once

#include <cstddef>
#include <memory>
#include <type_traits>
#include <utility>
#include <variant>

#include "dev8agent/error.h"
#include "dev8agent/export.h"

namespace dev8agent::internal {

// Ends the program: a Result was read as what it is not. Prints `error`, which a failed Result holds; null:
// it has succeeded, or was moved from. Not inline, so that it is the same in every build of the program.
[[noreturn]] DEV8AGENT_EXPORT void wrong_result_access(const Error* error);

// A T on the heap that is copied and moved like a value.
template <class T>
class Held {
 public:
  explicit Held(T value) : value_(std::make_unique<T>(std::move(value))) {}
  Held(const Held& other) requires std::is_copy_constructible_v<T>
      : value_(other.value_ ? std::make_unique<T>(*other.value_) : nullptr) {}
  Held(Held&&) noexcept = default;
  Held& operator=(const Held& other) requires std::is_copy_constructible_v<T> { return *this = Held(other); }
  Held& operator=(Held&&) noexcept = default;
  ~Held() = default;
  // Null only after this object was moved from.
  T* get() { return value_.get(); }
  const T* get() const { return value_.get(); }

 private:
  std::unique_ptr<T> value_;
};

// A T in place, with the same face.
template <class T>
class Inline {
 public:
  explicit Inline(T value) : value_(std::move(value)) {}
  T* get() { return &value_; }
  const T* get() const { return &value_; }

 private:
  T value_;
};

// A large value is on the heap, like every error: so a Result is small, and so is whatever waits for one.
inline constexpr std::size_t kLargestInline = 64;  // bytes
template <class T>
using Content = std::conditional_t<(sizeof(T) > kLargestInline), Held<T>, Inline<T>>;

}  // namespace dev8agent::internal

namespace dev8agent {
inline namespace DEV8AGENT_ABI {

// Holds a T (ok()) or an Error. Reading the one that it does not hold is a programming error: in every build
// it prints the error's code and message to standard error and aborts.
template <class T>
class [[nodiscard]] Result {
 public:
  // T. It must be movable; it needs no default constructor.
  using value_type = T;

  // Both are implicit, so that functions can return a T or an Error as it is. There is no empty Result.
  Result(T value) : content_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : content_(std::in_place_index<1>, std::move(error)) {}

  // True when it holds a value.
  bool ok() const { return content_.index() == 0; }
  // The same, for `if (result)`. Mind a Result<bool>: this says whether it holds a value, not which.
  explicit operator bool() const { return ok(); }

  // The value; ok() must hold, and the Result must not have been moved from. References are valid while this
  // object lives and is neither assigned to nor moved from.
  T& value() & { return checked_value(*this); }
  const T& value() const& { return checked_value(*this); }
  T&& value() && { return std::move(checked_value(*this)); }
  // Each is value(), for `*result` and `result->member`.
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  // The value, or `otherwise` when there is an error. Moves from a temporary, copies else.
  T value_or(T otherwise) const& { return ok() ? value() : std::move(otherwise); }
  T value_or(T otherwise) && { return ok() ? std::move(*this).value() : std::move(otherwise); }

  // The error; ok() must not hold, and the Result must not have been moved from. References are valid as
  // those of value() are.
  const Error& error() const& { return checked_error(*this); }
  Error& error() & { return checked_error(*this); }
  Error&& error() && { return std::move(checked_error(*this)); }

 private:
  using HeldError = internal::Held<Error>;

  // One body for const and not const.
  template <class Self>
  static auto& checked_value(Self& self) {
    auto* content = std::get_if<0>(&self.content_);
    if (content == nullptr) internal::wrong_result_access(std::get<1>(self.content_).get());
    if (content->get() == nullptr) internal::wrong_result_access(nullptr);
    return *content->get();
  }
  template <class Self>
  static auto& checked_error(Self& self) {
    auto* held = std::get_if<1>(&self.content_);
    if (held == nullptr || held->get() == nullptr) internal::wrong_result_access(nullptr);
    return *held->get();
  }
  std::variant<internal::Content<T>, HeldError> content_;
};

// The value of an operation that yields nothing but success: `return Done{};`
struct Done {};
// The outcome of such an operation: success, or an Error.
using Status = Result<Done>;

}  // namespace DEV8AGENT_ABI
}  // namespace dev8agent
