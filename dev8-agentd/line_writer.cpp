// The queue of lines and the thread that writes them.
#include "line_writer.h"

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string_view>
#include <thread>
#include <utility>

namespace dev8agentd {
namespace {

constexpr std::size_t kMaxQueued = std::size_t{4} << 20;
constexpr std::chrono::seconds kLastWords{2};

// Waits for a blocked reader. False when nobody can ever read again.
bool write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = ::write(descriptor, text.data(), text.size());
    if (count >= 0) {
      text.remove_prefix(static_cast<std::size_t>(count));
    } else if (errno == EAGAIN) {
      pollfd wanted{descriptor, POLLOUT, 0};
      poll(&wanted, 1, -1);
    } else if (errno != EINTR) {
      return false;
    }
  }
  return true;
}

}  // namespace

struct LineWriter::State {
  std::mutex mutex;
  std::condition_variable changed;
  std::string queued;
  std::size_t dropped = 0;
  bool closing = false;
  bool ended = false;
  std::function<std::string(std::size_t)> dropped_line;
  std::function<void()> on_drop;

  // What is to be written next; nothing when all is written and no more will come.
  std::string take() {
    std::unique_lock lock(mutex);
    changed.wait(lock, [this] { return closing || !queued.empty() || dropped > 0; });
    std::string text = std::exchange(queued, {});
    if (dropped > 0) text += dropped_line(std::exchange(dropped, 0)) + "\n";
    return text;
  }
  void run(int descriptor) {
    for (std::string text = take(); !text.empty(); text = take()) write_all(descriptor, text);
    std::lock_guard lock(mutex);
    ended = true;
    changed.notify_all();
  }
};

LineWriter::LineWriter(int descriptor, std::function<std::string(std::size_t)> dropped_line,
                       std::function<void()> on_drop)
    : state_(std::make_shared<State>()) {
  state_->dropped_line = std::move(dropped_line);
  state_->on_drop = std::move(on_drop);
  std::thread([state = state_, descriptor] { state->run(descriptor); }).detach();
}

LineWriter::~LineWriter() {
  std::unique_lock lock(state_->mutex);
  state_->closing = true;
  state_->changed.notify_all();
  state_->changed.wait_for(lock, kLastWords, [this] { return state_->ended; });
}

void LineWriter::write(std::string line) const {
  std::lock_guard lock(state_->mutex);
  if (state_->queued.size() + line.size() > kMaxQueued) {
    ++state_->dropped;
    return state_->on_drop();
  }
  state_->queued += std::move(line) + "\n";
  state_->changed.notify_all();
}

}  // namespace dev8agentd
