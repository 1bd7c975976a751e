// Writing, and drawing over what was drawn.
#include "dev8ctl/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <utility>

namespace dev8ctl {
namespace {

// The terminal's size; 80 by 24 when it does not tell.
winsize terminal_size(int descriptor) {
  winsize size{};
  if (ioctl(descriptor, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0) {
    size.ws_col = 80;
    size.ws_row = 24;
  }
  return size;
}

}  // namespace

bool put(std::string_view text) {
  return std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
}

void say(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stderr);
}

std::size_t output_width() {
  return isatty(STDOUT_FILENO) == 1 ? terminal_size(STDOUT_FILENO).ws_col : 0u;
}

bool is_terminal(int descriptor) {
  const char* kind = std::getenv("TERM");
  return isatty(descriptor) == 1 && kind != nullptr && std::string_view(kind) != "dumb";
}

ProgressView::ProgressView(std::string title, bool quiet)
    : title_(std::move(title)), quiet_(quiet), live_(is_terminal(STDERR_FILENO)) {
  if (!quiet_ && !live_) say(title_ + "\n");
}

void ProgressView::show(const Snapshot& snapshot, std::chrono::milliseconds elapsed) {
  if (quiet_) return;
  if (live_) return draw(snapshot, elapsed);
  say(new_lines(shown_, snapshot));
  shown_ = snapshot;
}

void ProgressView::set_title(std::string title) {
  title_ = std::move(title);
  if (quiet_ || !live_) say(title_ + "\n");
}

void ProgressView::draw(const Snapshot& snapshot, std::chrono::milliseconds elapsed) {
  std::string text;
  if (lines_ > 0) text = "\x1b[" + std::to_string(lines_) + "A";
  // Only what is on the screen can be overwritten, and the cursor stands below the last line.
  const winsize size = terminal_size(STDERR_FILENO);
  const std::size_t height = size.ws_row > 2 ? size.ws_row - 1u : 1u;
  const auto lines = live_lines(title_, snapshot, elapsed, size.ws_col - 1u, height);
  for (const std::string& line : lines) text += "\r\x1b[K" + line + "\n";
  // What an earlier drawing had below.
  text += "\x1b[J";
  lines_ = lines.size();
  say(text);
}

}  // namespace dev8ctl
