// Writing, and drawing over what was drawn.
#include "dev8ctl/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <utility>

namespace dev8ctl {
namespace {

std::size_t width_of_terminal() {
  winsize size{};
  if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
  return size.ws_col;
}

}  // namespace

bool put(std::string_view text) {
  return std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
}

void say(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stderr);
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
  const auto lines = live_lines(title_, snapshot, elapsed, width_of_terminal() - 1);
  for (const std::string& line : lines) text += "\r\x1b[K" + line + "\n";
  // What an earlier drawing had below.
  text += "\x1b[J";
  lines_ = lines.size();
  say(text);
}

}  // namespace dev8ctl
