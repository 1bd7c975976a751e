// Pieces under a lock.
#include "stream.h"

#include <charconv>
#include <utility>

namespace dev8agentd {

void Stream::push(Piece piece) {
  std::unique_lock lock(mutex_);
  if (closed_ || too_slow_ || piece->empty()) return;
  too_slow_ = notify_ && size_ > bound_;
  size_ += piece->size();
  pieces_.push_back(std::move(piece));
  if (too_slow_) pieces_.clear();
  if (std::exchange(told_, true)) return;
  const auto notify = notify_;
  lock.unlock();
  if (notify) notify();
}

void Stream::close() {
  std::unique_lock lock(mutex_);
  closed_ = true;
  if (std::exchange(told_, true)) return;
  const auto notify = notify_;
  lock.unlock();
  if (notify) notify();
}

void Stream::attach(std::function<void()> notify) {
  std::unique_lock lock(mutex_);
  notify_ = std::move(notify);
  size_ = 0;  // from now on the bound counts
  const auto now = told_ ? notify_ : nullptr;
  lock.unlock();
  if (now) now();
}

Stream::State Stream::take(std::string& output) {
  std::lock_guard lock(mutex_);
  told_ = false;
  size_ = 0;
  if (too_slow_) return State::kTooSlow;
  for (const Piece& piece : std::exchange(pieces_, {})) append(*piece, output);
  if (!closed_) return State::kOpen;
  if (chunked_) output += "0\r\n\r\n";
  return State::kEnded;
}

void Stream::append(std::string_view text, std::string& output) const {
  if (text.empty()) return;
  if (!chunked_) {
    output += text;
    return;
  }
  char size[16];
  const auto [end, error] = std::to_chars(size, size + sizeof size, text.size(), 16);
  output.append(size, end).append("\r\n").append(text).append("\r\n");
}

}  // namespace dev8agentd
