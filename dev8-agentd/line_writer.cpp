// The queue of entries and the thread that formats and writes them.
#include "line_writer.h"

#include <poll.h>
#include <pthread.h>
#include <unistd.h>

#include <algorithm>
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
constexpr std::size_t kEnough = std::size_t{64} << 10;  // to be written at once
constexpr std::chrono::milliseconds kGathering{2};

// Entries of any bytes in one buffer, each behind its length.
class EntryQueue {
 public:
  bool empty() const { return bytes_.empty(); }
  std::size_t size() const { return bytes_.size(); }
  void push(std::string_view entry) {
    const std::size_t length = entry.size();
    bytes_.append(reinterpret_cast<const char*>(&length), sizeof(length)).append(entry);
  }
  template <class Visit>
  void for_each(Visit visit) const {
    for (std::string_view rest = bytes_; !rest.empty();) {
      std::size_t length = 0;
      rest.copy(reinterpret_cast<char*>(&length), sizeof(length));
      visit(rest.substr(sizeof(length), length));
      rest.remove_prefix(sizeof(length) + length);
    }
  }
  // Keeps the buffer for the next entries, unless it has grown large.
  void clear() {
    bytes_.clear();
    if (bytes_.capacity() > 2 * kEnough) bytes_.shrink_to_fit();
  }

 private:
  std::string bytes_;
};

// Waits for a blocked reader. What cannot be written, because the disk is full or the reader has gone.
std::string_view write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = ::write(descriptor, text.data(), text.size());
    if (count >= 0) {
      text.remove_prefix(static_cast<std::size_t>(count));
    } else if (errno == EAGAIN) {
      pollfd wanted{descriptor, POLLOUT, 0};
      poll(&wanted, 1, -1);
    } else if (errno != EINTR) {
      return text;
    }
  }
  return text;
}

}  // namespace

struct LineWriter::State {
  explicit State(Hooks chosen) : hooks(std::move(chosen)) {}

  const Hooks hooks;
  std::mutex mutex;
  std::condition_variable changed;
  EntryQueue queue;
  std::size_t dropped = 0;  // since the last report of them
  bool sleeping = false;    // the thread waits for the first entry
  bool closing = false;
  bool ended = false;
  std::size_t flushes = 0;  // how often lines were written, or dropped because they cannot be

  // Of the thread alone: the text to be written, how many dropped entries its last line tells of, and whether
  // the last text ended within a line.
  std::string text;
  std::size_t reported = 0;
  bool in_line = false;

  // What is to be written next. False when all is written and no more will come.
  bool take(EntryQueue& taken, std::size_t& missing);
  // Writes the text. The lines that could not be written are dropped.
  void flush(int descriptor);
  void note_lost(std::string_view rest);
  void run(int descriptor);
};

bool LineWriter::State::take(EntryQueue& taken, std::size_t& missing) {
  std::unique_lock lock(mutex);
  sleeping = true;
  changed.wait(lock, [this] { return closing || !queue.empty(); });
  sleeping = false;
  changed.wait_for(lock, kGathering, [this] { return closing || queue.size() >= kEnough; });
  if (queue.empty()) return false;
  std::swap(taken, queue);
  missing = std::exchange(dropped, 0);
  return true;
}

void LineWriter::State::flush(int descriptor) {
  if (text.empty()) return;
  if (in_line) text.insert(0, "\n");
  const std::string_view rest = write_all(descriptor, text);
  if (!rest.empty()) note_lost(rest);
  const bool begun = rest.size() < text.size();
  if (begun) in_line = !rest.empty() && text[text.size() - rest.size() - 1] != '\n';
  text.clear();
  std::lock_guard lock(mutex);
  ++flushes;
  if (closing) changed.notify_all();
}

// The lines that end in `rest` are dropped, and those that the text's last line tells of stay so.
void LineWriter::State::note_lost(std::string_view rest) {
  auto lost = static_cast<std::size_t>(std::count(rest.begin(), rest.end(), '\n'));
  if (in_line && rest.size() == text.size()) --lost;
  if (reported > 0) --lost;
  std::lock_guard lock(mutex);
  dropped += lost + reported;
  // Whoever counts may be gone once the writer has closed.
  for (std::size_t i = 0; i < lost && !closing; ++i) hooks.on_drop();
}

void LineWriter::State::run(int descriptor) {
  EntryQueue taken;
  std::size_t missing = 0;
  while (take(taken, missing)) {
    taken.for_each([&](std::string_view entry) {
      hooks.format(entry, text);
      if (text.size() >= kEnough) flush(descriptor);
    });
    reported = missing;
    if (missing > 0) text += hooks.dropped_line(missing) + "\n";
    flush(descriptor);
    reported = 0;
    taken.clear();
  }
  std::lock_guard lock(mutex);
  ended = true;
  changed.notify_all();
}

LineWriter::LineWriter(int descriptor, Hooks hooks, Patience patience)
    : patience_(patience), state_(std::make_shared<State>(std::move(hooks))) {
  thread_ = std::thread([state = state_, descriptor] {
    pthread_setname_np(pthread_self(), "dev8-log");
    state->run(descriptor);
  });
}

LineWriter::~LineWriter() {
  std::unique_lock lock(state_->mutex);
  state_->closing = true;
  state_->changed.notify_all();
  const auto latest = std::chrono::steady_clock::now() + patience_.longest;
  for (bool goes_on = true; goes_on && !state_->ended;) {
    const std::size_t before = state_->flushes;
    const auto until = std::min(latest, std::chrono::steady_clock::now() + patience_.quiet);
    goes_on =
        state_->changed.wait_until(lock, until, [&] { return state_->ended || state_->flushes != before; });
  }
  const bool ended = state_->ended;
  lock.unlock();
  // A thread that is blocked in a write goes with the process.
  ended ? thread_.join() : thread_.detach();
}

void LineWriter::write(std::string_view entry) const {
  std::unique_lock lock(state_->mutex);
  if (state_->queue.size() + entry.size() > kMaxQueued) {
    ++state_->dropped;
    return state_->hooks.on_drop();
  }
  const bool was_enough = state_->queue.size() >= kEnough;
  state_->queue.push(entry);
  const bool is_enough = !was_enough && state_->queue.size() >= kEnough;
  const bool wakes = std::exchange(state_->sleeping, false) || is_enough;
  lock.unlock();
  if (wakes) state_->changed.notify_all();
}

}  // namespace dev8agentd
