// Standard output and error, and the live view of an operation. One thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include "dev8ctl/snapshot.h"

namespace dev8ctl {

// Writes to standard output, at once. False when the reader has gone or the disk is full.
bool put(std::string_view text);
// Writes to standard error.
void say(std::string_view text);

// How many columns standard output has; 0: it is no terminal.
std::size_t output_width();

// True when the descriptor is a terminal that can overwrite lines.
bool is_terminal(int descriptor);

// The progress of an operation on standard error: overwritten in place on a terminal, else a line for each
// thing that is new.
class ProgressView {
 public:
  ProgressView(std::string title, bool quiet);
  // Shows what there is now. `elapsed` since the operation's begin.
  void show(const Snapshot& snapshot, std::chrono::milliseconds elapsed);
  // Replaces the title; told as a line where nothing is overwritten.
  void set_title(std::string title);

 private:
  void draw(const Snapshot& snapshot, std::chrono::milliseconds elapsed);

  std::string title_;
  const bool quiet_, live_;
  std::size_t lines_ = 0;  // that the last drawing took
  Snapshot shown_;
};

}  // namespace dev8ctl
